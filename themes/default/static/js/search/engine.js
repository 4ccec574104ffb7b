// Answers a query from the published index: window by window, newest first, no further than it takes.

import { atMost, evaluate, expected, fetchTerms, missing, weight } from "./evaluate.js";
import { DEFAULT, wanted } from "./query.js";

// Kilobytes, about, after which no more windows are read until the reader asks for it.
export const BUDGET = 150;
const FEW = 50; // patches
const WEIGHTS = [8, 2, 1, 3, 4, 2, 1.5, 1, 0.5, 0.5, 20]; // by the fields' bits
const FRESHNESS = 0.25;

/**
 * Answer a query (a node). Gives { hits, total, exact, looked, further }: the first `limit` hits in order;
 * how many there are, exactly or as an estimate; how many patches were looked at; whether there may be more
 * hits in those that were not, because the budget was used up.
 */
export async function search(index, node, { limit = 10, order = "", budget = BUDGET, signal } = {}) {
  await fetchTerms(index, node);
  const places = placesOf(index, node);
  const found = [];
  // Where so little can be found, it is worth more to find all of it.
  let left = atMost(index, node) <= FEW ? 3 * budget : budget;
  let further = false;
  for (let open = places.filter(({ guess }) => guess); open.length; open = open.filter(({ count }) => count === undefined)) {
    signal?.throwIfAborted();
    found.sort(order === "relevance" ? byScore : byDate);
    if (order !== "relevance" && found.length >= limit && found[limit - 1].date > open[0].newest) break;
    const batch = next(open, order === "relevance" ? Infinity : limit - found.length, left);
    if (!batch.length) {
      further = true;
      break;
    }
    left -= batch.reduce((sum, { cost }) => sum + cost, 0);
    const looked = await Promise.all(batch.map((place) => look(index, node, place, order)));
    batch.forEach((place, n) => (place.count = looked[n].length));
    found.push(...looked.flat());
  }
  found.sort(order === "relevance" ? byScore : byDate);
  await countWhatIsFree(index, node, places);
  const hits = await Promise.all(found.slice(0, limit).map((hit) => complete(index, hit)));
  return { hits, further, ...total(node, places) };
}

const byDate = (a, b) => b.date - a.date || b.rank - a.rank || a.doc - b.doc;
const byScore = (a, b) => b.score - a.score || byDate(a, b);

/** All windows, newest first, with what may be expected of each, and what it would cost to read it. */
export function placesOf(index, node) {
  const places = index.segments.flatMap((segment, rank) => segment.dates.map((newest, window) => {
    const guess = expected(index, segment, node, window);
    const cost = guess ? weight(missing(segment, node, window)) : 0;
    return { segment, rank, window, newest, guess, cost, count: guess ? undefined : 0 };
  }));
  return places.sort((a, b) => b.newest - a.newest);
}

/** The windows to be read next, all at once: as many as should have the hits that are missing. */
function next(open, wantedHits, budget) {
  const batch = [];
  let hits = 0, cost = 0;
  for (const place of open) {
    if (cost + place.cost > budget && (batch.length || budget < BUDGET / 2)) break;
    batch.push(place);
    hits += place.guess;
    cost += place.cost;
    if (hits > 2 * wantedHits) break;
  }
  return batch;
}

/** The hits of one window. */
async function look(index, node, { segment, rank, window }, order) {
  const [set, { dates }] = await Promise.all([evaluate(index, segment, node, window), segment.dated(window)]);
  const docs = [];
  set.forEach((is, n) => is && docs.push(n));
  const base = window * segment.width;
  const scores = order === "relevance" && docs.length ? await score(index, segment, node, window, docs) : null;
  return docs.map((n) => ({ segment, rank, window, doc: base + n, date: dates[n], score: scores?.get(n) ?? 0 }));
}

/** Count in the windows that were not read, but of which everything is at hand. */
async function countWhatIsFree(index, node, places) {
  const free = places.filter(({ count, segment, window }) => count === undefined && !missing(segment, node, window).size);
  await Promise.all(free.map(async (place) => {
    const set = await evaluate(index, place.segment, node, place.window);
    place.count = set.reduce((sum, is) => sum + is, 0);
  }));
}

/** How many hits there are: exactly if every window is known, else as the known ones let expect. */
function total(node, places) {
  const unread = places.filter(({ count }) => count === undefined);
  const read = places.filter(({ count, guess }) => count !== undefined && guess);
  const sum = (numbers) => numbers.reduce((all, number) => all + number, 0);
  const counted = sum(read.map(({ count }) => count));
  const looked = sum(places.map(({ count, segment, window }) => (count === undefined ? 0 : segment.size(window))));
  const rest = sum(unread.map(({ guess }) => guess));
  if (!unread.length) return { total: counted, exact: true, looked };
  // The directory of terms has the count of a plain word.
  if (node[0] === "term" && node[2] === DEFAULT) return { total: counted + rest, exact: true, looked };
  const fulfilled = read.length ? counted / sum(read.map(({ guess }) => guess)) : 1;
  const most = counted + sum(unread.map(({ segment, window }) => segment.size(window)));
  return { total: Math.min(counted + rounded(rest * fulfilled), most), exact: false, looked };
}

/** Two digits: more would pretend to know. */
function rounded(number) {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, number))) - 1);
  return Math.round(number / unit) * unit;
}

async function complete(index, { segment, window, doc, date }) {
  const [record, { states }] = await Promise.all([segment.record(doc), segment.stated(window)]);
  const state = index.states[states[doc - window * segment.width]];
  return { ...record, date, state, project: index.projects.find(({ id }) => id === record.project) };
}

/** How well each of some patches fits: rare words and weighty fields count most. */
async function score(index, segment, node, window, docs) {
  const scores = new Map(docs.map((n) => [n, 0]));
  const base = window * segment.width;
  for (const [kind, text, fields] of wanted(node)) {
    const postings = segment.known(kind, text);
    const count = postings.reduce((sum, posting) => sum + posting.count, 0);
    const rarity = Math.log(1 + index.docs / (1 + count));
    for (const posting of postings) {
      for (const [doc, mask] of await segment.window(posting, window)) {
        const n = doc - base;
        if (!scores.has(n) || !(mask & fields)) continue;
        const weighty = Math.max(...WEIGHTS.filter((_, bit) => mask & fields & (1 << bit)));
        scores.set(n, scores.get(n) + rarity * weighty);
      }
    }
  }
  for (const [n, all] of scores) scores.set(n, all * (1 + FRESHNESS * (1 - (base + n) / segment.docs)));
  return scores;
}
