// Text → words, exactly as generator/search/words.py makes them for the index.

export const MAX_WORD = 64;
export const MAX_PATH = 200;
export const MAX_FOLDERS = 8; // a folder is a term with so many of those above it
export const MAX_SENDER = 100;
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
  let found = folded.match(WORD) ?? [];
  if (!isAscii(folded)) found = found.flatMap(pairs);
  return found.map((word) => cut(word).toLowerCase());
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
