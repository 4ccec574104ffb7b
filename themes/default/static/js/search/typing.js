// Search as you type: until Enter or a blank, the last word may be the beginning of a longer one.

import { canonical } from "./advice.js";
import { TEXT_FIELDS } from "./fields.js";

// A bare word or a path at the end, with its field if it has one; shorter beginnings stand for too much.
const LAST_WORD = /(^|[\s(])((?:[A-Za-z-]{1,12}:)?)([\p{L}\p{N}_]{3,64}|[A-Za-z0-9_.+-]{1,64}(?:\/[A-Za-z0-9_.+-]{0,64}){1,9})$/u;
const OPERATORS = ["AND", "OR", "NOT"];

/** A query whose last word is also looked for as a beginning; null where that makes no difference. */
export function asTyped(text) {
  const [, , field = "", word = ""] = LAST_WORD.exec(text) ?? [];
  if (!word || OPERATORS.includes(word) || /^[0-9]+$/.test(word)) return null;
  if (field && !Object.hasOwn(TEXT_FIELDS, canonical(field.slice(0, -1)))) return null;
  if (word.includes("/") && (word.startsWith("-") || !/\w$/.test(word))) return null; // a folder is one already
  const isInPhrase = (text.match(/"/g)?.length ?? 0) % 2 === 1;
  if (isInPhrase) return null;
  const before = text.slice(0, text.length - field.length - word.length);
  return `${before}(${field}${word} OR ${field}${word}*)`;
}
