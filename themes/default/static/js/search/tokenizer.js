// Text → words, exactly as generator/search/tokenizer.py makes them for the index.

import { MAX_WORD } from "./fields.js";

const WORD = /[\p{L}\p{N}_]+/gu;
const CJK = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+/g;

const isAscii = (text) => /^[\x00-\x7f]*$/.test(text);

/** Take accents off. */
export function fold(text) {
  return isAscii(text) ? text : text.normalize("NFKD").replace(/\p{Mn}/gu, "").normalize("NFC");
}

/** The words of a text in their order, in lower case, identifiers whole. */
export function words(text) {
  const folded = fold(text);
  const runs = folded.match(WORD) ?? [];
  return (isAscii(folded) ? runs : runs.flatMap(pairs)).map((word) => cut(word).toLowerCase());
}

function cut(word) {
  return word.length <= MAX_WORD ? word : Array.from(word).slice(0, MAX_WORD).join("");
}

/** Cut runs of Chinese, Japanese and Korean out of a word, into pairs of neighbours. */
function pairs(word) {
  const pieces = [];
  let at = 0;
  for (const run of word.matchAll(CJK)) {
    if (run.index > at) pieces.push(word.slice(at, run.index));
    const text = run[0];
    if (text.length === 1) pieces.push(text);
    for (let n = 0; n < text.length - 1; n++) pieces.push(text.slice(n, n + 2));
    at = run.index + text.length;
  }
  if (at < word.length) pieces.push(word.slice(at));
  return pieces;
}
