// How many results of a query have which state, project, year; and words like those that no patch has.

import { evaluate, fetchTerms, frequency } from "./evaluator.js";
import { placesOf } from "./engine.js";
import { RESULT_FACETS } from "./fields.js";
import { asksLines } from "./line_phrases.js";
import { wantedWords } from "./query_nodes.js";
import { forResults } from "./result_kinds.js";

const BUDGET = 500; // kilobytes, about: the reader opened the counts

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

/** For words that no patch has, the most frequent one that is written nearly so: [[word, other], …]. */
export function similarWords(index, node) {
  const similar = [];
  for (const terms of wantedWords(node)) {
    const [kind, word] = terms[0];
    if (kind !== "term" || word.includes(":") || word.length < 4) continue;
    if (terms.some((term) => frequency(index, term))) continue;
    const counts = new Map();
    for (const segment of index.segments) {
      for (const [other, count] of segment.around(word)) counts.set(other, (counts.get(other) ?? 0) + count);
    }
    const near = [...counts].map(([other, count]) => [other, distance(word, other), count])
      .filter(([other, far]) => !other.includes("/") && far > 0 && far <= (word.length < 6 ? 1 : 2))
      .sort((a, b) => a[1] - b[1] || b[2] - a[2]);
    if (near.length) similar.push([word, near[0][0]]);
  }
  return similar;
}

/** How many letters have to be added, dropped, changed or swapped. */
function distance(one, other) {
  if (Math.abs(one.length - other.length) > 2) return 3;
  const rows = [Array.from({ length: other.length + 1 }, (_, n) => n)];
  for (let i = 1; i <= one.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + same);
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[one.length][other.length];
}
