// What a query finds in one window of a segment, what that would cost, and what may be expected before it is read.

import { hasValue, isKind } from "./column_values.js";
import { DEFAULT, EXACT, POSITIONAL, STEM } from "./fields.js";
import { isAtHand } from "./index_reader.js";
import { asksLines, hasPhrase } from "./line_phrases.js";

// Kilobytes that files of each kind have, about.
const SIZES = { c: 2, q: 3, p: 3, m: 4, o: 4, v: 3 };

/**
 * Fetch what a query needs of all segments at once: the leaves with its terms, in one round trip. Returns the node to be
 * evaluated, in which the patches of a commit stand for it: for them it takes another trip.
 */
export async function fetchTerms(index, node) {
  const [whole] = await Promise.all([withPatches(index, node), fetchLeaves(index, node)]);
  if (whole !== node) await fetchLeaves(index, whole);
  return whole;
}

/** A node with the patches in place of each commit; the same where it names none. */
async function withPatches(index, node) {
  const [kind, ...rest] = node;
  if (kind === "value" && rest[0] === "commit") {
    return ["or", ...(await index.patchesOfCommit(rest[1])).map((number) => ["term", `id:${number}`, EXACT])];
  }
  if (kind !== "and" && kind !== "or" && kind !== "not") return node;
  const children = await Promise.all(rest.map((child) => withPatches(index, child)));
  return children.every((child, n) => child === rest[n]) ? node : [kind, ...children];
}

function fetchLeaves(index, node) {
  const words = new Map();
  const walk = (child) => {
    const [kind, ...rest] = child;
    if (kind === "term" || kind === "prefix") words.set(`${kind} ${rest[0]}`, [kind, rest[0]]);
    else if (kind === "phrase") for (const word of rest[0]) words.set(`term ${word}`, ["term", word]);
    else for (const inner of rest) if (Array.isArray(inner)) walk(inner);
  };
  walk(node);
  return Promise.all(index.segments.flatMap((segment) => [...words.values()].map((word) => segment.fetchPostings(...word))));
}

/** How many patches of a window a node may find: 0 only if it is certain that there are none. */
export function expected(index, segment, node, window) {
  const [kind, ...rest] = node;
  const size = segment.size(window);
  const within = (number) => Math.min(size, number);
  if (kind === "term" || kind === "prefix") {
    const [text, fields] = rest;
    const all = (fields & DEFAULT) === DEFAULT || text.endsWith(STEM);
    return within(sum(segment.known(kind, text).map((posting) => inWindow(segment, posting, fields, window, all))));
  }
  // Most patches that have a word in one form have it in the others, too.
  if (kind === "word") return Math.max(...rest.map((child) => expected(index, segment, child, window)));
  if (kind === "phrase") {
    const [words, fields] = rest;
    const all = together(words.map((word) => expected(index, segment, ["term", word, fields], window)), size);
    return words.length > 1 ? all / 4 : all;
  }
  if (kind === "and") return together(rest.map((child) => expected(index, segment, child, window)), size);
  if (kind === "or") return within(sum(rest.map((child) => expected(index, segment, child, window))));
  if (kind === "not") return Math.max(1, size - expected(index, segment, rest[0], window));
  if (kind === "date") return between(segment, window, ...rest);
  const [column, wanted] = rest;
  if (isOutcome(node) && !segment.outcomes[window]) return 0;
  if (kind === "number") return size / 4;
  if (column === "is" && wanted === "patch") return size;
  const shares = { project: index.projects.length, state: index.states.length, archived: 2 };
  return size / (shares[column] ?? 4);
}

/** Whether a node asks for commits that patches became, which lie in files of their own. */
const isOutcome = ([kind, column]) => (kind === "value" && column === "release") || (kind === "number" && column === "landed");

/** How many patches of a window are of some time, as if they lay evenly between its newest one and the next. */
function between(segment, window, start, end) {
  const newest = segment.dates[window], oldest = segment.dates[window + 1];
  const from = start ?? -Infinity, to = end ?? Infinity;
  if (newest < from || oldest >= to) return 0;
  const part = (Math.min(to, newest + 1) - Math.max(from, oldest)) / (newest + 1 - oldest);
  return Math.max(1, segment.size(window) * part);
}

/**
 * The places in a window, ascending, of all patches that a node may find there (and some more), as far as the directory
 * of terms has them; null where it doesn't.
 */
export function candidates(segment, node, window) {
  const [kind, ...rest] = node;
  if (kind === "term" || kind === "prefix") {
    const [text, fields] = rest;
    const postings = segment.known(kind, text);
    if (!postings.every((posting) => isAtHand(posting, window))) return null;
    const base = window * segment.width;
    return ascending(postings.map((posting) =>
      [...segment.within(posting, window)].filter(([, mask]) => mask & fields).map(([doc]) => doc - base)));
  }
  if (kind === "phrase") return fewest(rest[0].map((word) => candidates(segment, ["term", word, rest[1]], window)));
  if (kind === "and") return fewest(rest.map((child) => candidates(segment, child, window)));
  if (kind !== "or" && kind !== "word") return null;
  const lists = rest.map((child) => candidates(segment, child, window));
  return lists.includes(null) ? null : ascending(lists);
}

const ascending = (lists) => [...new Set(lists.flat())].sort((a, b) => a - b);
const fewest = (lists) => lists.filter(Boolean).reduce((a, b) => (a && a.length <= b.length ? a : b), null);

/** How many patches of the whole index have a term, or a word that begins so, in any field. */
export const frequency = (index, [kind, text]) =>
  sum(index.segments.flatMap((segment) => segment.known(kind, text).map((posting) => posting.count)));

/** How many patches a node can find in the whole index; Infinity where nothing says so. */
export function atMost(index, [kind, ...rest]) {
  if (kind === "term" || kind === "prefix") return frequency(index, [kind, rest[0]]);
  if (kind === "phrase") return Math.min(...rest[0].map((word) => frequency(index, ["term", word])));
  if (kind === "and") return Math.min(...rest.map((child) => atMost(index, child)));
  return kind === "or" || kind === "word" ? sum(rest.map((child) => atMost(index, child))) : Infinity;
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** As if the words had nothing to do with one another. */
function together(numbers, size) {
  return numbers.includes(0) ? 0 : numbers.reduce((share, number) => share * (number / size), 1) * size;
}

function inWindow(segment, posting, fields, window, all) {
  if (!isAtHand(posting, window)) {
    const chunk = posting.chunks.get(window);
    return chunk ? (all ? chunk.byDefault : chunk.count / 3) : 0;
  }
  let count = 0;
  for (const mask of segment.within(posting, window).values()) if (mask & fields) count += 1;
  return count;
}

/**
 * The names of the files that have to be fetched to evaluate a node in a window; with `likely`, without the positions of
 * phrases that are fetched only if a patch has all their words.
 */
export function missing(segment, node, window, likely = false, names = new Set()) {
  const [kind, ...rest] = node;
  const want = (name) => name && !segment.files.has(name) && names.add(name);
  if (kind === "term" || kind === "prefix") {
    for (const posting of segment.known(kind, rest[0])) want(segment.filesOf(posting, window).patches);
  } else if (kind === "phrase") {
    const needsPositions = !likely || takesPositions(segment, node, window);
    for (const word of rest[0]) {
      for (const posting of segment.known("term", word)) {
        const { patches, positions } = segment.filesOf(posting, window);
        want(patches);
        if (needsPositions) want(positions);
      }
    }
  } else if (isOutcome(node)) want(segment.outcomes[window]);
  else if (kind === "value") want(segment.columns[window]);
  else if (kind === "date") want(segment.columns[window]);
  else if (kind === "number") want(`v${window}`);
  else for (const child of rest) missing(segment, child, window, likely, names);
  return names;
}

/** How many kilobytes these files have, about. */
export const kilobytes = (names) => sum([...names].map((name) => SIZES[name[0]]));

/**
 * The patches of a window that a node finds: an array with 1 for each. The index doesn't know
 * phrases in changed lines: with `all`, every patch is taken that may have them, else none; for other nodes it is the same.
 */
export async function evaluate(index, segment, node, window, all = true) {
  const [kind, ...rest] = node;
  const size = segment.size(window);
  if (expected(index, segment, node, window) === 0) return new Uint8Array(size);
  if (kind === "and") {
    // What costs nothing goes first: if it finds nothing, the rest isn't needed.
    const free = rest.filter((child) => !missing(segment, child, window).size);
    const set = new Uint8Array(size).fill(1);
    for (const group of [free, rest.filter((child) => !free.includes(child))]) {
      for (const other of await Promise.all(group.map((child) => evaluate(index, segment, child, window, all)))) {
        for (let n = 0; n < size; n++) set[n] &= other[n];
      }
      if (!set.includes(1)) break;
    }
    return set;
  }
  if (kind === "or" || kind === "word") {
    const set = new Uint8Array(size);
    for (const other of await Promise.all(rest.map((child) => evaluate(index, segment, child, window, all)))) {
      for (let n = 0; n < size; n++) set[n] |= other[n];
    }
    return set;
  }
  if (kind === "not") return (await evaluate(index, segment, rest[0], window, !all)).map((is) => 1 - is);
  if (kind === "phrase") {
    // The positions come in the same round trip as the patches, unless it is known already that none has all the words.
    if (!asksLines(node) && takesPositions(segment, node, window)) fetchPositions(segment, rest[0], window);
    return phrase(segment, rest, window, all && asksLines(node));
  }
  if (isOutcome(node)) return outcome(segment, rest, window);
  if (kind === "value") return value(index, segment, rest, window);
  if (kind === "date") {
    const [start, end] = rest;
    const { dates } = await segment.windowColumns(window);
    return Uint8Array.from(dates, (date) => (start === null || date >= start) && (end === null || date < end));
  }
  if (kind === "number") {
    const [column, lowest, highest] = rest;
    const numbers = (await segment.windowNumbers(window))[column];
    return Uint8Array.from(numbers, (number) => number >= (lowest ?? 0) && number <= (highest ?? Infinity));
  }
  return term(segment, node, window);
}

/** Whether a node finds one patch, where the index alone doesn't say: its diff is fetched and looked through. */
export async function holds(index, segment, node, window, n) {
  const [kind, ...rest] = node;
  if (!asksLines(node)) return Boolean((await evaluate(index, segment, node, window))[n]);
  if (kind === "not") return !(await holds(index, segment, rest[0], window, n));
  if (kind === "and" || kind === "or") {
    for (const child of rest) {
      if ((await holds(index, segment, child, window, n)) === (kind === "or")) return kind === "or";
    }
    return kind === "and";
  }
  if (!(await evaluate(index, segment, node, window))[n]) return false;
  return hasPhrase(await index.diff(await segment.record(window * segment.width + n)), rest[0], rest[1]);
}

async function term(segment, [kind, text, fields], window) {
  const set = new Uint8Array(segment.size(window));
  const base = window * segment.width;
  const postings = segment.known(kind, text);
  for (const docs of await Promise.all(postings.map((posting) => segment.window(posting, window)))) {
    for (const [doc, mask] of docs) if (mask & fields) set[doc - base] = 1;
  }
  return set;
}

/** Whether a patch may have all words of a phrase in one field with positions, as far as the directory of terms tells. */
function mayHaveAll(segment, [words, fields], window) {
  const short = words.map((word) => segment.known("term", word)[0]).filter((posting) => posting && isAtHand(posting, window));
  const [first, ...others] = short.map((posting) => segment.within(posting, window));
  return !first || [...first].some(([doc, mask]) => others.reduce((both, docs) => both & (docs.get(doc) ?? 0), mask & fields & POSITIONAL));
}

/**
 * Whether the positions of a phrase are fetched together with the postings of its words: those of a long one, such as a
 * title, are more than one wants to read where it is unlikely that a patch has all its words.
 */
function takesPositions(segment, node, window) {
  const [, words, fields] = node;
  return mayHaveAll(segment, [words, fields], window) && (words.length <= 3 || expected(null, segment, node, window) >= 1);
}

function fetchPositions(segment, words, window) {
  for (const posting of words.flatMap((word) => segment.known("term", word))) {
    const { positions } = segment.filesOf(posting, window);
    if (positions) segment.file(positions).catch(() => {}); // whoever reads it gets the error
  }
}

async function phrase(segment, [words, fields, exact], window, candidates) {
  const set = new Uint8Array(segment.size(window));
  const base = window * segment.width;
  const postings = words.map((word) => segment.known("term", word)[0]);
  const windows = await Promise.all(postings.map((posting) => segment.window(posting, window)));
  const rarest = windows.reduce((a, b) => (b.size < a.size ? b : a));
  const open = [];
  for (const doc of rarest.keys()) {
    const both = windows.reduce((mask, docs) => mask & (docs.get(doc) ?? 0), fields);
    if ((!exact && both & ~POSITIONAL) || (both && candidates)) set[doc - base] = 1;
    else if (both & POSITIONAL) open.push([doc, both]);
  }
  if (!open.length) return set;
  const places = await Promise.all(postings.map((posting) => segment.positions(posting, window, POSITIONAL)));
  for (const [doc, both] of open) {
    set[doc - base] = consecutive(places.map((byPatch) => byPatch.get(doc)), both) ? 1 : 0;
  }
  return set;
}

function consecutive(places, fields) {
  for (const [field, starts] of places[0]) {
    if (!(field & fields)) continue;
    const rest = places.slice(1).map((place) => new Set(place.get(field) ?? []));
    if (starts.some((at) => rest.every((place, n) => place.has(at + n + 1)))) return true;
  }
  return false;
}

async function value(index, segment, [column, wanted], window) {
  const { projects, kinds, states, delegates, flags } = await segment.windowColumns(window);
  if (column === "is" && isKind(wanted, 0) !== null) return Uint8Array.from(kinds, (kind) => isKind(wanted, kind));
  if (column === "project") {
    const known = new Set(index.projects.filter(({ names }) => names.includes(wanted)).map(({ id }) => id));
    return Uint8Array.from(projects, (id) => known.has(id));
  }
  const has = hasValue(index, column, wanted);
  return Uint8Array.from(states, (state, n) => has(state, delegates[n], flags[n]));
}

async function outcome(segment, [column, ...wanted], window) {
  const set = new Uint8Array(segment.size(window));
  const [{ inRelease, landedWithin }, outcomes] = await Promise.all([import("./outcomes.js"), segment.windowOutcomes(window)]);
  const test = column === "release" ? inRelease : landedWithin;
  for (const [place, found] of outcomes) set[place] = test(found, ...wanted) ? 1 : 0;
  return set;
}
