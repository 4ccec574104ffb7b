// How many results of a query have which state, project, year, submitter.

import { evaluate, fetchTerms } from "./evaluator.js";
import { placesOf } from "./engine.js";
import { RESULT_FACETS } from "./fields.js";
import { asksLines } from "./line_phrases.js";
import { forResults } from "./result_kinds.js";

const BUDGET = 500; // kilobytes, about: the reader opened the counts
const RECORDS = 250; // the same for the records, which have the names of people
const BLOCK = 2; // of a file of them
const MOST_PEOPLE = 20; // that are listed

// Facet → the value of the patch at place n of a window, given the window's dates, columns and what is known of records.
const VALUE_OF = {
  state: (index, n, { states }) => index.states[states[n] - 1],
  project: (index, n, { projects }) => index.projects.find(({ id }) => id === projects[n])?.slug,
  year: (index, n, { dates }) => new Date(dates[n] * 1000).getUTCFullYear(),
  from: (index, n, { people }) => people?.get(n),
};

/**
 * Counts by value: { facets, looked, exact, named }. `facets`: facet → array of [value, count], most first or newest first;
 * `looked`: how many of the newest patches they are of; `exact`: whether these are all; `named`: how many of the newest
 * results those by people are of, null for all.
 */
export async function countFacets(index, query, signal) {
  const node = await fetchTerms(index, forResults(query));
  const counts = new Map(RESULT_FACETS.map(([name]) => [name, new Map()]));
  let left = BUDGET, looked = 0, exact = !asksLines(node);
  const records = { left: RECORDS, read: 0, isWhole: true };
  for (const { segment, window, guess, cost } of placesOf(index, node)) {
    signal?.throwIfAborted();
    if (guess && cost > left) {
      exact = false;
      break;
    }
    looked += segment.size(window);
    if (!guess) continue;
    left -= cost + 4;
    const [set, columns] = await Promise.all([evaluate(index, segment, node, window), segment.windowColumns(window)]);
    const found = [...set.keys()].filter((n) => set[n]);
    const people = await peopleOf(segment, window, found, records);
    for (const [name, values] of counts) {
      for (const n of found) {
        const value = VALUE_OF[name](index, n, { ...columns, people });
        if (value === undefined) continue; // a cover letter has no state
        values.set(value, (values.get(value) ?? 0) + 1);
      }
    }
  }
  const newest = (a, b) => b[0] - a[0];
  const most = (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
  const facets = RESULT_FACETS.map(([name, , newestFirst]) => [name, [...counts.get(name)].sort(newestFirst ? newest : most)]);
  return { facets: Object.fromEntries(facets), looked, exact, named: records.isWhole ? null : records.read };
}

/** Who sent the patches at some places of a window; null once that would mean to read too much. */
async function peopleOf(segment, window, places, records) {
  const base = window * segment.width;
  const blocks = new Set(places.map((n) => Math.floor((base + n) / segment.layout.records)));
  records.left -= blocks.size * BLOCK;
  if (records.left < 0) {
    records.isWhole = false;
    return null;
  }
  records.read += places.length;
  const names = places.map(async (n) => [n, (await segment.record(base + n)).submitter]);
  return new Map(await Promise.all(names));
}

/** A list of values with their counts, each a link to `narrowed(name of the group, value)`. */
export function countGroup([name, label, rows], narrowed) {
  const shown = name === "from" ? rows.slice(0, MOST_PEOPLE) : rows;
  const group = document.createElement("section");
  const heading = document.createElement("h2");
  heading.textContent = label;
  const list = document.createElement("ul");
  for (const [value, count] of shown) {
    const link = document.createElement("a");
    link.href = narrowed(name, value);
    link.textContent = value;
    const item = document.createElement("li");
    item.append(link, ` ${count.toLocaleString("en")}`);
    list.append(item);
  }
  if (shown.length < rows.length) {
    list.append(Object.assign(document.createElement("li"), { textContent: `and ${(rows.length - shown.length).toLocaleString("en")} more` }));
  }
  group.append(heading, list);
  return group;
}
