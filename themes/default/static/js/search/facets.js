// How many results of a query have which state, project, year.

import { evaluate, fetchTerms } from "./evaluator.js";
import { placesOf } from "./engine.js";
import { RESULT_FACETS } from "./fields.js";
import { asksLines } from "./line_phrases.js";
import { forResults } from "./result_kinds.js";

const BUDGET = 250; // kilobytes, about: the reader opened the counts

// Facet → the value of the patch at place n of a window, given the window's dates and columns.
const VALUE_OF = {
  state: (index, n, { states }) => index.states[states[n] - 1],
  project: (index, n, { projects }) => index.projects.find(({ id }) => id === projects[n])?.slug,
  year: (index, n, { dates }) => new Date(dates[n] * 1000).getUTCFullYear(),
};

/**
 * Counts by value: { facets, looked, exact }. `facets`: facet → array of [value, count], most first or newest first;
 * `looked`: how many of the newest patches they are of; `exact`: whether these are all.
 */
export async function countFacets(index, query, signal) {
  const node = forResults(query);
  await fetchTerms(index, node);
  const counts = new Map(RESULT_FACETS.map(([name]) => [name, new Map()]));
  let left = BUDGET, looked = 0, exact = !asksLines(node);
  for (const { segment, window, guess, cost } of placesOf(index, node)) {
    signal?.throwIfAborted();
    if (guess && cost > left) {
      exact = false;
      break;
    }
    looked += segment.size(window);
    if (!guess) continue;
    left -= cost + 4;
    const [set, dates, columns] = await Promise.all([
      evaluate(index, segment, node, window), segment.windowDates(window), segment.windowColumns(window)]);
    for (const [name, values] of counts) {
      set.forEach((is, n) => {
        if (!is) return;
        const value = VALUE_OF[name](index, n, { ...dates, ...columns });
        if (value === undefined) return; // a cover letter has no state
        values.set(value, (values.get(value) ?? 0) + 1);
      });
    }
  }
  const newest = (a, b) => b[0] - a[0];
  const most = (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
  const facets = RESULT_FACETS.map(([name, , newestFirst]) => [name, [...counts.get(name)].sort(newestFirst ? newest : most)]);
  return { facets: Object.fromEntries(facets), looked, exact };
}

/** A list of values with their counts, each a link to `narrowed(name of the group, value)`. */
export function countGroup([name, label, rows], narrowed) {
  const group = document.createElement("section");
  const heading = document.createElement("h2");
  heading.textContent = label;
  const list = document.createElement("ul");
  for (const [value, count] of rows) {
    const link = document.createElement("a");
    link.href = narrowed(name, value);
    link.textContent = value;
    const item = document.createElement("li");
    item.append(link, ` ${count.toLocaleString("en")}`);
    list.append(item);
  }
  group.append(heading, list);
  return group;
}
