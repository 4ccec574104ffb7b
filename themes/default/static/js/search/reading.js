// One way to understand a pasted text, as generator/search/reading.py has it: { field, text }. `text` is the value of
// a field, or, where `field` is empty, a query.

import { EXACT_FIELDS } from "./fields.js";

// A commit or a hash, or the beginning of one, in a pattern.
export const HEX = "[0-9a-f]{7,64}";
const ABBREVIATION = 12; // letters by which messages name a commit, if not by more

/** Whether it names one thing, whose page may be opened at once. */
export const isExact = ({ field }) => EXACT_FIELDS.includes(field);

export const reading = (field, text) => ({ field, text });
export const query = (text) => reading("", text);
/** A query for words in just this order. */
export const phrase = (text, field = "") => query(`${field}"${unquoted(text)}"`);
export const subject = (text) => reading("s", text);
export const path = (text) => reading("dfn", text);

/** A commit, and what mentions it. */
export function commit(text) {
  const bare = text.toLowerCase();
  return [reading("commit", bare), query(`${bare.slice(0, ABBREVIATION)}*`)];
}

/** The words of a text between blanks. */
export const split = (text) => text.trim().split(/\s+/).filter(Boolean);

/** A text that may stand in quotes: a quote separates words, as a blank does. */
export const unquoted = (text) => split(text.replaceAll('"', " ")).join(" ");

/** The readings in their order, each once. */
export function distinct(readings) {
  const known = new Map();
  for (const one of readings) if (!known.has(`${one.field}:${one.text}`)) known.set(`${one.field}:${one.text}`, one);
  return [...known.values()];
}

/** The query that means the same, for a reader to see and change. */
export function asQuery(readings) {
  const texts = readings.map(({ field, text }) => (field ? `${field}:"${unquoted(text)}"` : text));
  return texts.length > 1 ? texts.map((text) => `(${text})`).join(" OR ") : texts.join("");
}

/** A text without these characters at its end, and, with `both`, at its beginning. */
export function strip(text, characters, both = true) {
  let start = 0, end = text.length;
  while (end > 0 && characters.includes(text[end - 1])) end -= 1;
  while (both && start < end && characters.includes(text[start])) start += 1;
  return text.slice(start, end);
}

/** The first characters of a text. */
export const cut = (text, most) => (text.length <= most ? text : Array.from(text).slice(0, most).join(""));

/** The first of these that isn't empty; `reads`: functions that give readings. */
export function firstOf(...reads) {
  for (const read of reads) {
    const found = read();
    if (found.length) return found;
  }
  return [];
}
