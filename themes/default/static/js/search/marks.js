// Marks on the words that a query looks for.

import { STEM } from "./fields.js";
import { stem } from "./stem.js";
import { fold } from "./tokenizer.js";

/** Append text to an element, with `<mark>` around the words that a query wants, as terms. */
export function mark(element, text, wanted) {
  let at = 0;
  for (const [start, end] of marked(text, wanted)) {
    const part = document.createElement("mark");
    part.textContent = text.slice(start, end);
    element.append(text.slice(at, start), part);
    at = end;
  }
  element.append(text.slice(at));
}

/** [start, end] of each of these words in a text. */
function marked(text, wanted) {
  const words = wanted.flat().flatMap((term) => written(term, text));
  const folded = fold(text);
  if (!words.length || folded.length !== text.length) return [];
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join("|")})(?![\\p{L}\\p{N}])`, "giu");
  return [...folded.matchAll(pattern)].map(({ 0: { length }, index }) => [index, index + length]);
}

/**
 * The pattern that matches just this text. With the flag `u` only these characters may be escaped: `\-`, for one, is
 * a syntax error.
 */
export const literal = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/** Patterns of what a term is written as in a text: a stem's forms are looked for there. */
function written([kind, word], text) {
  if (kind === "prefix") return [`${literal(word)}[\\p{L}\\p{N}_]*`];
  if (!word.endsWith(STEM)) return [literal(word)];
  const present = new Set(fold(text).toLowerCase().match(/[a-z]{3,}/g));
  return [...present].filter((other) => stem(other) + STEM === word);
}
