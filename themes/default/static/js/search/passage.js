// A passage of a patch's mail around the words that were looked for, and marks on these words.

import { STEM } from "./fields.js";
import { stem } from "./stem.js";
import { fold } from "./tokenizer.js";

const MAX_BYTES = 60_000; // of a mail: enough for its message and the beginning of its diff
const LINES = 3;

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

/** The lines of a mail that hold most of the words. */
export async function passage(url, wanted, signal) {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url}: status ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let mail = "";
  while (mail.length < MAX_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    mail += value;
  }
  reader.cancel().catch(() => {});
  const lines = mail.slice(mail.indexOf("\n\n") + 2).split("\n");
  const words = wanted.map((terms) => terms.map(lastPart).filter(Boolean));
  const scores = lines.map((line) => {
    const plain = fold(line).toLowerCase();
    return words.filter((forms) => forms.some((word) => plain.includes(word))).length;
  });
  const best = Math.max(0, scores.indexOf(Math.max(...scores)));
  const telling = lines.slice(best).filter((line) => /[\p{L}\p{N}]/u.test(line));
  return telling.slice(0, LINES).join("\n");
}

/** A term as a mail has it: of a path the last part alone, of a stem the stem. */
const lastPart = ([, word]) => word.replace(STEM, "").replace(/\/$/, "").split("/").at(-1);
