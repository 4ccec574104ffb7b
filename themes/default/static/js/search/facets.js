// How the results of a query are spread over states, projects and years; and words that may have been meant.

import { evaluate, fetchTerms, frequency } from "./evaluator.js";
import { placesOf } from "./engine.js";
import { asksLines } from "./line_phrases.js";
import { wanted } from "./query_parser.js";

const BUDGET = 500; // kilobytes, about: somebody asked for it

/**
 * Counts by value: { states, projects, years } as arrays of [value, count], most first (years: newest first);
 * `looked`: how many of the newest patches they are of; `exact`: whether that is all.
 */
export async function facets(index, node, signal) {
  await fetchTerms(index, node);
  const counts = { states: new Map(), projects: new Map(), years: new Map() };
  const add = (kind, value) => counts[kind].set(value, (counts[kind].get(value) ?? 0) + 1);
  let left = BUDGET, looked = 0, exact = !asksLines(node);
  for (const place of placesOf(index, node)) {
    signal?.throwIfAborted();
    const { segment, window, guess, cost } = place;
    if (guess && cost > left) {
      exact = false;
      break;
    }
    looked += segment.size(window);
    if (!guess) continue;
    left -= cost + 4;
    const [set, { dates, projects }, { states }] = await Promise.all([
      evaluate(index, segment, node, window), segment.dated(window), segment.stated(window)]);
    set.forEach((is, n) => {
      if (!is) return;
      add("states", index.states[states[n]]);
      add("projects", index.projects.find(({ id }) => id === projects[n])?.slug);
      add("years", new Date(dates[n] * 1000).getUTCFullYear());
    });
  }
  const ordered = (kind, by) => [...counts[kind]].sort(by);
  const most = (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
  return {
    states: ordered("states", most), projects: ordered("projects", most),
    years: ordered("years", (a, b) => b[0] - a[0]), looked, exact,
  };
}

/** A list of values with their counts; `chosen` is called with the name of the group and a value. */
export function countGroup([name, label, rows], chosen) {
  const group = document.createElement("section");
  const heading = document.createElement("h2");
  heading.textContent = label;
  const list = document.createElement("ul");
  for (const [value, count] of rows) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = value;
    button.addEventListener("click", () => chosen(name, value));
    const item = document.createElement("li");
    item.append(button, ` ${count.toLocaleString("en")}`);
    list.append(item);
  }
  group.append(heading, list);
  return group;
}

/** For words that no patch has, the most frequent one that is written nearly so: [[word, other], …]. */
export function meant(index, node) {
  const found = [];
  for (const terms of wanted(node)) {
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
    if (near.length) found.push([word, near[0][0]]);
  }
  return found;
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
