// Answers a query from the published index: window by window, in the order of dates, no further than it takes.

import { readFlags } from "./column_values.js";
import { atMost, candidates, evaluate, expected, fetchTerms, frequency, holds, kilobytes, missing } from "./evaluator.js";
import { DEFAULT, FRESHNESS, MAIL_KINDS, SATURATION, WEIGHTS } from "./fields.js";
import { isAtHand } from "./index_reader.js";
import { asksLines } from "./line_phrases.js";
import { wantedWords } from "./query_nodes.js";
import { forResults } from "./result_kinds.js";

// Kilobytes, about, after which no more windows are read until the reader asks for it.
export const BUDGET = 80;
const FEW = 50; // patches
const FILES = 4; // of records that are fetched for the first hits of a window before these are known
const DIFFS = 120; // kilobytes of text, about, in which phrases are looked for, for each BUDGET
const AT_ONCE = 10; // diffs
const SMALLEST_DIFF = 3; // what one counts at least

/**
 * Answer a query (a node) in an order: "oldest" or "relevance", else the newest first. Gives { hits, total, exact, looked, further }: the first `limit` hits in order;
 * how many there are, exactly or as an estimate; how many patches were looked at; whether there may be more
 * hits in those that were not, because the budget was used up (with a budget of 0 terms alone are fetched); `unsettled`: or in diffs that were not looked through.
 * `early` is called with the first hits that are known to be so, in order, as they come.
 */
export async function search(index, query, { limit = 10, order = "", budget = BUDGET, signal, early = () => {} } = {}) {
  if (!(order in ORDERS) && budget) expectColumns(index);
  const node = await fetchTerms(index, forResults(query));
  const places = placesOf(index, node, order);
  const by = ORDERS[order] ?? byDate;
  const doubt = { left: (DIFFS * budget) / BUDGET, read: 0, refuted: 0 };
  let matches = [];
  // Where so few can match, it is worth more to find all of them.
  let left = atMost(index, node) <= FEW ? 3 * budget : budget;
  let further = false;
  for (let open = places.filter(({ guess }) => guess); open.length; open = open.filter(({ count }) => count === undefined)) {
    signal?.throwIfAborted();
    if (order !== "relevance") {
      matches = await settle(index, node, matches.sort(by), limit, doubt, signal);
      if (isUnsettled(matches, limit) || (matches.length >= limit && isBefore(matches[limit - 1].date, open[0], order))) break;
    }
    if (order !== "relevance") {
      completed(index, matches.filter(({ sure }) => sure).slice(0, limit), early).catch(() => {}); // the last call throws the same
    }
    const batch = next(open, order === "relevance" ? Infinity : limit - matches.length, left);
    if (!batch.length) {
      further = true;
      break;
    }
    left -= batch.reduce((sum, { cost }) => sum + cost, 0);
    if (!(order in ORDERS) && budget) expectRecords(batch, limit - matches.length);
    const looked = await Promise.all(batch.map((place) => look(index, node, place, order)));
    batch.forEach((place, n) => (place.count = looked[n].length));
    matches.push(...looked.flat());
  }
  matches = await settle(index, node, matches.sort(by), limit, doubt, signal);
  const unsettled = isUnsettled(matches, limit);
  if (!asksLines(node)) await countWhatIsFree(index, node, places);
  const known = unsettled ? matches.filter(({ sure }) => sure) : matches;
  const first = known.slice(0, limit);
  const hits = await completed(index, budget ? first : atHand(first), early);
  return { hits, further: further || unsettled, unsettled, ...total(index, node, places, matches, doubt) };
}

const isUnsettled = (matches, limit) => matches.slice(0, limit).some(({ sure }) => !sure);

/** The first hits of which no more has to be fetched. */
function atHand(hits) {
  const end = hits.findIndex(({ segment, window, doc }) => !segment.isAtHand(window, doc));
  return end < 0 ? hits : hits.slice(0, end);
}

/** Look through the diffs of the first hits that the index isn't sure of, and leave out those that are none. */
async function settle(index, node, matches, limit, doubt, signal) {
  for (;;) {
    const some = await within(doubt, matches.slice(0, limit).filter(({ sure }) => !sure).slice(0, AT_ONCE));
    if (!some.length) return matches;
    signal?.throwIfAborted();
    const answers = await Promise.all(some.map(({ segment, window, doc }) =>
      holds(index, segment, node, window, doc - window * segment.width)));
    doubt.read += some.length;
    doubt.refuted += answers.filter((is) => !is).length;
    some.forEach((hit, n) => (hit.sure = answers[n]));
    const refuted = new Set(some.filter((_, n) => !answers[n]));
    matches = matches.filter((hit) => !refuted.has(hit));
  }
}

/** The first of some hits, as many as there is still room for; their diffs may be of any size. */
async function within(doubt, hits) {
  if (doubt.left <= 0) return [];
  const records = await Promise.all(hits.map(({ segment, doc }) => segment.record(doc)));
  const end = records.findIndex(({ size }) => (doubt.left -= Math.max(size, SMALLEST_DIFF)) < 0);
  if (end >= 0) doubt.left = 0;
  return end < 0 ? hits : hits.slice(0, end);
}

const byDate = (a, b) => b.date - a.date || b.rank - a.rank || a.doc - b.doc;
const byScore = (a, b) => b.score - a.score || byDate(a, b);
const ORDERS = { relevance: byScore, oldest: (a, b) => byDate(b, a) };

/** Whether a date comes before all of a window's. */
const isBefore = (date, { newest, oldest }, order) => (order === "oldest" ? date < oldest : date > newest);

/** All windows, newest or oldest first, with what may be expected of each, and what it would cost to read it. */
export function placesOf(index, node, order = "") {
  const places = index.segments.flatMap((segment, rank) => segment.dates.slice(0, -1).map((newest, window) => {
    const guess = expected(index, segment, node, window);
    const cost = guess ? kilobytes(missing(segment, node, window, true, segment.missingColumns(window))) : 0;
    // None of its mails is older than the newest one of the next window.
    const oldest = segment.dates[window + 1];
    return { segment, rank, node, window, newest, oldest, guess, cost, count: guess ? undefined : 0 };
  }));
  return places.sort(order === "oldest" ? (a, b) => a.oldest - b.oldest : (a, b) => b.newest - a.newest);
}

/** The windows to be read next, all at once: as many as should have the hits that are missing. */
function next(open, wantedHits, budget) {
  const batch = [];
  let hits = 0, certain = 0, cost = 0;
  for (const place of open) {
    if (cost + place.cost > budget && (batch.length || budget < BUDGET / 2)) break;
    batch.push(place);
    hits += place.guess;
    cost += place.cost;
    if (isCounted(place)) certain += place.guess;
    if (certain >= wantedHits || hits > 2 * wantedHits) break;
  }
  return batch;
}

/** Whether what is expected of a window is no guess: the directory has all that have a word there. */
const isCounted = ({ segment, node: [kind, ...rest], window }) =>
  (kind === "word" ? rest : [[kind, ...rest]]).every(([of, text]) => (of === "term" || of === "prefix")
    && segment.known(of, text).every((posting) => isAtHand(posting, window)));

/** Fetch the columns of the newest windows, which most queries need, together with the terms. */
function expectColumns(index) {
  const windows = index.segments.flatMap((segment) => segment.dates.slice(0, -1).map((newest, window) => ({ segment, newest, window })));
  let left = index.segments[0]?.width ?? 0;
  for (const { segment, window } of windows.sort((a, b) => b.newest - a.newest)) {
    left -= segment.size(window);
    if (left < 0) return;
    segment.windowColumns(window).catch(() => {}); // whoever reads it gets the error
  }
}

/**
 * Say of windows, newest first, how many hits are likely to be shown of each, and fetch the records of the mails that
 * these should be among together with the postings.
 */
function expectRecords(batch, wantedHits) {
  let room = Promise.resolve(wantedHits); // for those of a window, once it is known what the newer ones have
  for (const place of batch) {
    const found = new Promise((resolve) => (place.tell = resolve));
    place.room = room;
    room = Promise.all([room, found]).then(([before, hits]) => before - hits);
    if (wantedHits > 0 && place.cost && isEven(place.node)) place.segment.prefetch(place.window, likely(place, wantedHits));
    wantedHits -= place.guess;
  }
}

/** Whether the hits of a node should lie anywhere among its candidates; of phrases there are too few to say. */
const isEven = ([kind, ...rest]) =>
  kind !== "phrase" && kind !== "date" && rest.every((child) => !Array.isArray(child) || isEven(child));

/** The places of the first mails of a window that should have so many hits; none where they are in many files. */
function likely({ segment, node, window, guess }, wantedHits) {
  const known = candidates(segment, node, window) ?? Array.from({ length: segment.size(window) }, (_, n) => n);
  const share = Math.min(1, guess / known.length);
  // Words that are looked for together occur together more often than the guess has it.
  for (const part of [share, Math.sqrt(share)]) {
    const places = known.slice(0, Math.ceil(wantedHits / part));
    if (segment.recordFiles(window, places).size <= FILES) return places;
  }
  return [];
}

/** The hits of one window. What will be shown of them is fetched together with the dates. */
async function look(index, node, { segment, rank, window, room, tell }, order) {
  const found = evaluate(index, segment, node, window).then((set) => {
    if (room) showFirst(segment, window, [...set.keys()].filter((n) => set[n]), room, tell);
    return set;
  });
  const [set, { dates }] = await Promise.all([found, segment.windowColumns(window)]);
  const sure = asksLines(node) ? await evaluate(index, segment, node, window, false) : set;
  const docs = [];
  set.forEach((is, n) => is && docs.push(n));
  const base = window * segment.width;
  const scores = order === "relevance" && docs.length ? await score(index, segment, node, window, docs) : null;
  return docs.map((n) => (
    { segment, rank, window, doc: base + n, date: dates[n], score: scores?.get(n) ?? 0, sure: Boolean(sure[n]) }));
}

/** Fetch what results show of the first hits, as many as there is room for. */
async function showFirst(segment, window, places, room, tell) {
  tell(places.length);
  segment.prefetch(window, places.slice(0, Math.max(0, await room)));
}

/** Count in the windows that were not read, but of which everything is at hand. */
async function countWhatIsFree(index, node, places) {
  const free = places.filter(({ count, segment, window }) => count === undefined && !missing(segment, node, window).size);
  await Promise.all(free.map(async (place) => {
    const set = await evaluate(index, place.segment, node, place.window);
    place.count = set.reduce((sum, is) => sum + is, 0);
  }));
}

/** How many hits there are: exactly if every window is known, else estimated from those that are. */
function total(index, node, places, matches, { read: diffs, refuted }) {
  const unread = places.filter(({ count }) => count === undefined);
  const read = places.filter(({ count, guess }) => count !== undefined && guess);
  const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);
  // Of the diffs that were not looked through, as many hold as of those that were.
  const open = matches.filter(({ sure }) => !sure).length;
  const counted = sum(read.map(({ count }) => count)) - refuted - Math.round(open * (diffs ? refuted / diffs : 0));
  const looked = sum(places.map(({ count, segment, window }) => (count === undefined ? 0 : segment.size(window))));
  const rest = sum(unread.map(({ guess }) => guess));
  if (!unread.length) return { total: counted, exact: !open, looked };
  // The directory of terms has the count of a plain word, if it has no other forms.
  const [plain, ...forms] = node[0] === "word" ? node.slice(1) : [node];
  if (plain[0] === "term" && plain[2] === DEFAULT && !forms.some((form) => frequency(index, form))) return { total: counted + rest, exact: true, looked };
  const fulfilled = read.length ? counted / sum(read.map(({ guess }) => guess)) : 1;
  const most = counted + sum(unread.map(({ segment, window }) => segment.size(window)));
  return { total: Math.min(counted + rounded(rest * fulfilled), most), exact: false, looked };
}

/** Two digits: more would pretend to know. */
function rounded(number) {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, number))) - 1);
  return Math.round(number / unit) * unit;
}

/**
 * Hits with what results show of them. `page`: "patch" or "cover"; `reply`: the number of a reply on that page, else
 * null; `key`: of its own for each; `state`: null for cover letters; `archived`, `check`, `tags`; `outcome`: the commit
 * that it became (outcomes.js), or null.
 * `early` gets each that is there, with all before it.
 */
async function completed(index, hits, early) {
  const coming = hits.map((hit) => complete(index, hit));
  const all = Promise.all(coming);
  all.catch(() => {}); // a fault is thrown below, by whichever is awaited first
  const there = [];
  for (const hit of coming) {
    there.push(await hit);
    early([...there]);
  }
  return all;
}

async function complete(index, { segment, window, doc, date }) {
  const at = doc - window * segment.width;
  const columns = segment.windowColumns(window);
  const became = columns.then(({ flags, kinds }) => (
    MAIL_KINDS[kinds[at]] === "patch" && readFlags(flags[at]).fate ? outcomeOf(segment, window, at) : null));
  const [record, { states, flags, kinds }, outcome] = await Promise.all([segment.record(doc), columns, became]);
  const [page] = MAIL_KINDS[kinds[at]].split("-");
  return {
    ...record, date, page, key: `${page} ${record.id} ${record.reply ?? ""}`,
    state: states[at] ? index.states[states[at] - 1] : null, ...readFlags(flags[at]), outcome,
    project: index.projects.find(({ id }) => id === record.project),
  };
}

/** The first commit that a mail became; { error } where that can't be read, which is no reason to hide the mail. */
const outcomeOf = (segment, window, at) =>
  segment.windowOutcomes(window).then((found) => found.get(at)?.[0] ?? null, (error) => ({ error }));

/** How well each of some patches fits (BM25F): rare words and weighty fields count most, and new patches more. */
async function score(index, segment, node, window, docs) {
  const scores = new Map(docs.map((n) => [n, 0]));
  const base = window * segment.width;
  for (const terms of wantedWords(node)) {
    const count = Math.min(index.docs, Math.max(...terms.map((term) => frequency(index, term))));
    const rarity = Math.log(1 + (index.docs - count + 0.5) / (count + 0.5));
    for (const [n, mask] of await masksOf(segment, terms, window, scores)) {
      const weight = WEIGHTS.reduce((sum, [bit, each]) => (mask & bit ? sum + each : sum), 0);
      scores.set(n, scores.get(n) + (rarity * weight) / (weight + SATURATION));
    }
  }
  const newer = index.newerThan(segment);
  for (const [n, all] of scores) scores.set(n, all * (1 + FRESHNESS * (1 - (newer + base + n) / index.docs)));
  return scores;
}

/** The fields in which some patches of a window, the keys of `among`, have one of some terms. */
async function masksOf(segment, terms, window, among) {
  const masks = new Map();
  for (const [kind, text, fields] of terms) {
    for (const posting of segment.known(kind, text)) {
      for (const [doc, mask] of await segment.window(posting, window)) {
        const n = doc - window * segment.width;
        if (among.has(n) && mask & fields) masks.set(n, (masks.get(n) ?? 0) | (mask & fields));
      }
    }
  }
  return masks;
}
