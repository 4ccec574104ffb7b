// A passage of a patch's mail around the words that were looked for, and marks on these words.

import { STEM } from "./query_parser.js";
import { stem } from "./stem.js";
import { fold } from "./tokenizer.js";

const MAX_BYTES = 60_000; // of a mail: enough for its message and the beginning of its diff
const LINES = 3;

/** Append text to an element, with `<mark>` around the words that a query wants, as terms. */
export function mark(element, text, wanted) {
  const words = wanted.flat().flatMap((term) => written(term, text));
  if (!words.length) return element.append(text);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join("|")})(?![\\p{L}\\p{N}])`, "giu");
  let at = 0;
  for (const match of fold(text).length === text.length ? fold(text).matchAll(pattern) : []) {
    element.append(text.slice(at, match.index));
    const found = document.createElement("mark");
    at = match.index + match[0].length;
    found.textContent = text.slice(match.index, at);
    element.append(found);
  }
  element.append(text.slice(at));
  return undefined;
}

const escape = (word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

/** Patterns of what a term is written as in a text: a stem's forms are looked for there. */
function written([kind, word], text) {
  if (kind === "prefix") return [`${escape(word)}[\\p{L}\\p{N}_]*`];
  if (!word.endsWith(STEM)) return [escape(word)];
  const found = new Set(fold(text).toLowerCase().match(/[a-z]{3,}/g));
  return [...found].filter((other) => stem(other) + STEM === word);
}

/** The lines of a mail that hold most of the words; empty when it can't be read. */
export async function passage(url, wanted, signal) {
  const response = await fetch(url, { signal });
  if (!response.ok) return "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let mail = "";
  while (mail.length < MAX_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    mail += value;
  }
  reader.cancel().catch(() => {});
  const lines = mail.slice(mail.indexOf("\n\n") + 2).split("\n");
  const words = wanted.map((terms) => terms.map(([, word]) => word.split("/").at(-1).replace(STEM, "")));
  const scores = lines.map((line) => {
    const plain = fold(line).toLowerCase();
    return words.filter((forms) => forms.some((word) => plain.includes(word))).length;
  });
  const best = Math.max(0, scores.indexOf(Math.max(...scores)));
  const telling = lines.slice(best).filter((line) => /[\p{L}\p{N}]/u.test(line));
  return telling.slice(0, LINES).join("\n");
}
