// Text → words, exactly as generator/search/tokenizer.py makes them for the index.

import { MAX_WORD } from "./fields.js";

const WORD = /[\p{L}\p{N}_]+/gu;
// Thai, Lao, Burmese, Khmer, kana, Chinese, Korean.
const UNSPACED =
  /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\u{20000}-\u{3ffff}]+/gu;
// Letters that Unicode doesn't take apart, as they are written in ASCII.
const LETTERS = {
  ß: "ss", ẞ: "SS", æ: "ae", Æ: "Ae", œ: "oe", Œ: "Oe", ø: "o", Ø: "O", ł: "l", Ł: "L", đ: "d", Đ: "D", ð: "d", Ð: "D",
  þ: "th", Þ: "Th", ı: "i", ħ: "h", Ħ: "H", ŧ: "t", Ŧ: "T", ŋ: "n", Ŋ: "N", ĸ: "k",
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");
// Languages and compilers with a sign in their names.
const PLUSES = /(?<![\p{L}\p{N}_])((?:lib|std|libstd|obj)?c|(?:clan)?g)\+\+/giu;
const SHARP = /(?<![\p{L}\p{N}_])([cf])#(?![\p{L}\p{N}_])/giu;

const isAscii = (text) => /^[\x00-\x7f]*$/.test(text);

/** Take accents off. */
export function fold(text) {
  if (isAscii(text)) return text;
  return text.normalize("NFKD").replace(/\p{Mn}/gu, "").replace(LETTER, (letter) => LETTERS[letter]).normalize("NFC");
}

/** The words of a text in their order, in lower case, identifiers whole; of a language with a sign, its name. */
export function words(text) {
  const folded = fold(text).replace(PLUSES, "$1plusplus ").replace(SHARP, "$1sharp");
  const runs = folded.match(WORD) ?? [];
  return (isAscii(folded) ? runs : runs.flatMap(pairs)).map((word) => cut(word).toLowerCase());
}

function cut(word) {
  return word.length <= MAX_WORD ? word : Array.from(word).slice(0, MAX_WORD).join("");
}

/** Cut runs of scripts without blanks out of a word, into pairs of neighbours. */
function pairs(word) {
  const pieces = [];
  let at = 0;
  for (const run of word.matchAll(UNSPACED)) {
    if (run.index > at) pieces.push(word.slice(at, run.index));
    const characters = Array.from(run[0]);
    if (characters.length === 1) pieces.push(run[0]);
    for (let n = 0; n < characters.length - 1; n++) pieces.push(characters[n] + characters[n + 1]);
    at = run.index + run[0].length;
  }
  if (at < word.length) pieces.push(word.slice(at));
  return pieces;
}

/** The names joined by `->` or `::`, in pairs and lower case: `a->b->c` gives `a->b` and `b->c`. */
export function qualifiedNames(text) {
  const names = new Set();
  for (const sign of ["->", "::"]) {
    const parts = text.split(sign);
    for (let n = 1; n < parts.length; n++) {
      const [left] = /(?<![A-Za-z0-9_])[A-Za-z0-9_]+$/.exec(parts[n - 1].slice(-MAX_WORD)) ?? [];
      const [right] = /^[A-Za-z0-9_]+/.exec(parts[n].slice(0, MAX_WORD)) ?? [];
      if (left && right) names.add(`${left}${sign}${right}`.toLowerCase());
    }
  }
  return [...names];
}
