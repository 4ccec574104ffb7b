// Answers a query from the published index, window by window, newest first, as evaluate.py does.

import { CHECKS, POSITIONAL, TAGS, wanted } from "./query.js";

// Newest windows that are looked at for the count and for the order by relevance; beyond, "about".
const MAX_WINDOWS = 16;
const WEIGHTS = [8, 2, 1, 3, 4, 2, 1.5, 1, 0.5, 0.5, 20]; // by the fields' bits
const FRESHNESS = 0.25;

/**
 * Answer a query (a node). Gives { hits, total, exact, looked }: the first `limit` hits in order; whether
 * the total is exact or an estimate; how many patches were looked at.
 */
export async function search(index, node, { limit = 10, order = "", signal } = {}) {
  await fetchTerms(index, node);
  const places = [];
  index.segments.forEach((segment, rank) => {
    for (let window = 0; window < segment.windows; window++) {
      places.push({ segment, rank, window, newest: segment.dates[window] });
    }
  });
  places.sort((a, b) => b.newest - a.newest);
  const found = [];
  let looked = 0, done = 0;
  for (const place of places) {
    signal?.throwIfAborted();
    const enough = found.length >= limit && found[limit - 1].date > place.newest;
    if (done >= MAX_WINDOWS && (order === "relevance" ? found.length : enough)) break;
    await look(index, node, place, order, found);
    looked += place.segment.size(place.window);
    done += 1;
    found.sort(order === "relevance" ? byScore : byDate);
  }
  const exact = done === places.length;
  const total = exact ? found.length : Math.round((found.length * index.docs) / looked);
  const hits = await Promise.all(found.slice(0, limit).map((hit) => complete(index, hit)));
  return { hits, total, exact, looked };
}

const byDate = (a, b) => b.date - a.date || b.rank - a.rank || a.doc - b.doc;
const byScore = (a, b) => b.score - a.score || byDate(a, b);

/** All leaves that a query needs, of all segments, at once: one round trip. */
function fetchTerms(index, node) {
  const jobs = [];
  const walk = (child) => {
    if (child[0] === "term" || child[0] === "prefix") {
      for (const segment of index.segments) jobs.push(segment.postings(child[0], child[1]));
    } else if (child[0] === "phrase") {
      for (const word of child[1]) for (const segment of index.segments) jobs.push(segment.postings("term", word));
    } else for (const inner of child.slice(1)) if (Array.isArray(inner)) walk(inner);
  };
  walk(node);
  return Promise.all(jobs);
}

/** Add the hits of one window. */
async function look(index, node, { segment, rank, window }, order, found) {
  const set = await evaluate(index, segment, node, window);
  const docs = [];
  set.forEach((is, n) => is && docs.push(n));
  if (!docs.length) return;
  const [{ dates }, { states }] = await Promise.all([segment.dated(window), segment.stated(window)]);
  const base = window * segment.width;
  const scores = order === "relevance" ? await score(index, segment, node, window, docs) : null;
  for (const n of docs) {
    const state = index.states[states[n]];
    found.push({ segment, rank, doc: base + n, date: dates[n], state, score: scores?.get(n) ?? 0 });
  }
}

async function complete(index, { segment, doc, state }) {
  const record = await segment.record(doc);
  return { ...record, state, project: index.projects.find(({ id }) => id === record.project) };
}

/** The patches of a window that a node finds: an array with 1 for each. */
async function evaluate(index, segment, node, window) {
  const [kind, ...rest] = node;
  const size = segment.size(window);
  if (kind === "and") {
    const costs = new Map();
    for (const child of rest) costs.set(child, await cost(index, segment, child));
    const set = new Uint8Array(size).fill(1);
    // What finds little goes first: the rest may not be needed at all.
    for (const child of [...rest].sort((a, b) => costs.get(a) - costs.get(b))) {
      const other = await evaluate(index, segment, child, window);
      let any = 0;
      for (let n = 0; n < size; n++) any |= set[n] &= other[n];
      if (!any) break;
    }
    return set;
  }
  if (kind === "or") {
    const set = new Uint8Array(size);
    for (const other of await Promise.all(rest.map((child) => evaluate(index, segment, child, window)))) {
      for (let n = 0; n < size; n++) set[n] |= other[n];
    }
    return set;
  }
  if (kind === "not") return (await evaluate(index, segment, rest[0], window)).map((is) => 1 - is);
  if (kind === "phrase") return phrase(segment, rest, window);
  if (kind === "value") return value(index, segment, rest, window);
  if (kind === "date") {
    const [start, end] = rest;
    const { dates } = await segment.dated(window);
    return Uint8Array.from(dates, (date) => (start === null || date >= start) && (end === null || date < end));
  }
  return term(segment, node, window);
}

async function cost(index, segment, node) {
  if (node[0] === "term" || node[0] === "prefix") {
    return (await segment.postings(node[0], node[1])).reduce((sum, posting) => sum + posting.count, 0);
  }
  return node[0] === "value" || node[0] === "date" ? 0 : index.docs;
}

async function term(segment, [kind, text, fields], window) {
  const set = new Uint8Array(segment.size(window));
  const base = window * segment.width;
  const postings = await segment.postings(kind, text);
  for (const docs of await Promise.all(postings.map((posting) => segment.window(posting, window)))) {
    for (const [doc, mask] of docs) if (mask & fields) set[doc - base] = 1;
  }
  return set;
}

async function phrase(segment, [words, fields, exact], window) {
  const set = new Uint8Array(segment.size(window));
  const base = window * segment.width;
  const postings = (await Promise.all(words.map((word) => segment.postings("term", word)))).map(([first]) => first);
  if (!postings.every(Boolean)) return set;
  const windows = await Promise.all(postings.map((posting) => segment.window(posting, window)));
  const rarest = windows.reduce((a, b) => (b.size < a.size ? b : a));
  const open = [];
  for (const doc of rarest.keys()) {
    const both = windows.reduce((mask, docs) => mask & (docs.get(doc) ?? 0), fields);
    if (!exact && both & ~POSITIONAL) set[doc - base] = 1;
    else if (both & POSITIONAL) open.push([doc, both]);
  }
  if (!open.length) return set;
  const places = await Promise.all(postings.map((posting) => segment.positions(posting, window, POSITIONAL)));
  for (const [doc, both] of open) {
    set[doc - base] = consecutive(places.map((found) => found.get(doc)), both) ? 1 : 0;
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

async function value(index, segment, [column, wantedValue], window) {
  const lower = (name) => String(name).toLowerCase() === wantedValue;
  if (column === "project") {
    const known = new Set(index.projects.filter((p) => [p.slug, p.link, p.name].some(lower)).map(({ id }) => id));
    return Uint8Array.from((await segment.dated(window)).projects, (id) => known.has(id));
  }
  const { states, delegates, flags } = await segment.stated(window);
  if (column === "state") return Uint8Array.from(states, (state) => lower(index.states[state]));
  if (column === "delegate") {
    return Uint8Array.from(delegates, (user) => (user ? lower(index.delegates[user - 1]) : wantedValue === "nobody"));
  }
  if (column === "archived") return Uint8Array.from(flags, (flag) => Boolean(flag & 1) === (wantedValue === "yes"));
  if (column === "check") return Uint8Array.from(flags, (flag) => CHECKS[(flag >> 1) & 3] === wantedValue);
  const bit = 8 << TAGS.indexOf(wantedValue);
  return Uint8Array.from(flags, (flag) => Boolean(flag & bit));
}

/** How well each of some patches fits: rare words and weighty fields count most. */
async function score(index, segment, node, window, docs) {
  const scores = new Map(docs.map((n) => [n, 0]));
  const base = window * segment.width;
  for (const [kind, text, fields] of wanted(node)) {
    const postings = await segment.postings(kind, text);
    const count = postings.reduce((sum, posting) => sum + posting.count, 0);
    const rarity = Math.log(1 + index.docs / (1 + count));
    for (const posting of postings) {
      for (const [doc, mask] of await segment.window(posting, window)) {
        const n = doc - base;
        if (!scores.has(n) || !(mask & fields)) continue;
        const weight = Math.max(...WEIGHTS.filter((_, bit) => mask & fields & (1 << bit)));
        scores.set(n, scores.get(n) + rarity * weight);
      }
    }
  }
  for (const [n, sum] of scores) scores.set(n, sum * (1 + FRESHNESS * (1 - (base + n) / segment.docs)));
  return scores;
}
