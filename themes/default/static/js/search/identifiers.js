// What names one thing, as generator/search/identifiers.py reads it: a message id, a commit or a number.

import { HEX, commit, cut, phrase, reading, strip } from "./reading.js";

const IS_HEX = new RegExp(`^${HEX}$`, "i");
const ENDING = /(?:\/(?:raw|T|t|t\.mbox\.gz|t\.atom)?){0,2}(?:#[A-Za-z0-9]*)?$/;
const LONGEST_ID = 1000;
// Addresses of the web.
export const URLS = /(?:https?|nntps?|news|mid):\/\/[^ <>"]+|\b(?:mid|news):[^ <>@"]{1,300}@[^ <>"]+/g;
const WHOLE_URL = new RegExp(`^(?:${URLS.source})$`);

export const isNumber = (text) => /^[0-9]+$/.test(text);

/** Whether a text is one address of the web, and nothing else. */
export const isAddress = (text) => WHOLE_URL.test(text.trim());

/** What names one thing: a message id, a commit, or a number (of a patch, unless `kind` says else). */
export function readId(text, kind = "patch") {
  const bare = strip(decode(text), "<> ,;");
  if (isNumber(bare)) return [reading(kind === "patch" ? "id" : kind, bare.replace(/^0+/, "") || "0")];
  return IS_HEX.test(bare) ? commit(bare) : readMessageId(text);
}

/** A message id, and what mentions it; it may have `<>`, and what public-inbox appends: `/T/#u`. */
export function readMessageId(text) {
  let bare = strip(decode(text), "<> ,;");
  if (bare.includes("@")) bare = bare.replace(ENDING, "");
  bare = cut(bare, LONGEST_ID).toLowerCase();
  return bare ? [reading("m", bare), ...(bare.includes("@") ? [phrase(bare)] : [])] : [];
}

/** Percent-encoded bytes of UTF-8 as characters; a part that is none stays as it is. */
export function decode(text) {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      Uint8Array.from(run.split("%").slice(1), (byte) => Number.parseInt(byte, 16))));
}
