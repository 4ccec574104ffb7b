// The stem of an English word, by Porter's second algorithm as of Snowball 3.1, exactly as tokenizer.py has it.

const EXCEPTIONS = {
  skis: "ski", skies: "sky", idly: "idl", gently: "gentl", ugly: "ugli", early: "earli", only: "onli", singly: "singl",
  sky: "sky", news: "news", howe: "howe", atlas: "atlas", cosmos: "cosmos", bias: "bias", andes: "andes",
};
// The first region of words that begin so follows this beginning.
const BEGINNINGS = /^(?:arsen|commun|emerg|gener|inter|later|organ|past|univers)/;
// Ending → what takes its place if it lies beyond the first syllable. The first one that fits counts.
const STEP_2 = {
  ization: "ize", ational: "ate", fulness: "ful", ousness: "ous", iveness: "ive", tional: "tion", biliti: "ble",
  lessli: "less", entli: "ent", ation: "ate", alism: "al", aliti: "al", ousli: "ous", iviti: "ive", fulli: "ful",
  ogist: "og", enci: "ence", anci: "ance", abli: "able", izer: "ize", ator: "ate", alli: "al", bli: "ble", ogi: "og", li: "",
};
const BEFORE = { ogi: /l$/, li: /[cdeghkmnrt]$/ };
const STEP_3 = { ational: "ate", tional: "tion", alize: "al", icate: "ic", iciti: "ic", ative: "", ical: "ic", ness: "", ful: "" };
const STEP_4 = /(?:al|ance|ence|er|ic|able|ible|ant|(?:em|m)?ent|ism|ate|iti|ous|ive|ize)$/;
const SHORT = /(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy]|past)$/;

/** Where the part begins that follows the first vowel with a consonant after it. */
function region(word, from) {
  const match = /^[^aeiouy]*[aeiouy]+[^aeiouy]/.exec(word.slice(from));
  return match ? from + match[0].length : word.length;
}

/** The stem of a word in lower case; null where it can't be an English one. */
export function stem(word) {
  if (!/^[a-z]{3,}$/.test(word)) return null;
  const root = Object.hasOwn(EXCEPTIONS, word) ? EXCEPTIONS[word] : cut(word); // "constructor" is a word, too
  return root.endsWith("i") ? `${root.slice(0, -1)}y` : root;
}

function cut(whole) {
  // A capital Y is a consonant.
  let word = whole.replace(/^y/, "Y").replace(/([aeiouy])y/g, "$1Y");
  const first = BEGINNINGS.exec(word)?.[0].length ?? region(word, 0), second = region(word, first);
  word = pastOrProgress(plural(word), first);
  if (/[^aeiouy][yY]$/.test(word) && word.length > 2) word = `${word.slice(0, -1)}i`;
  word = replaced(word, STEP_2, (start, ending) => start.length >= first && (BEFORE[ending]?.test(start) ?? true));
  word = replaced(word, STEP_3, (start, ending) => start.length >= first && (ending !== "ative" || start.length >= second));
  const ending = STEP_4.exec(word);
  if (ending) word = ending.index >= second ? word.slice(0, ending.index) : word;
  else if (/[st]ion$/.test(word) && word.length - 3 >= second) word = word.slice(0, -3);
  return last(word, first, second).replaceAll("Y", "y");
}

function plural(word) {
  if (word.endsWith("sses")) return word.slice(0, -2);
  if (/ie[ds]$/.test(word)) return word.slice(0, word.length > 4 ? -2 : -1);
  if (!/[^us]s$/.test(word)) return word;
  return /[aeiouy]./.test(word.slice(0, -1)) ? word.slice(0, -1) : word;
}

function pastOrProgress(word, first) {
  const long = /eed(?:ly)?$/.exec(word);
  if (long) return long.index >= first && !/^(?:succ|proc|exc)eed(?:ly)?$/.test(word) ? word.slice(0, long.index + 2) : word;
  if (/^(?:even|cann|inn|earr|herr|out)ing$/.test(word)) return word;
  if (/^[^aeiouy]ying$/.test(word)) return `${word[0]}ie`;
  const ending = /(?:ed|ing)(?:ly)?$/.exec(word);
  if (!ending || !/[aeiouy]/.test(word.slice(0, ending.index))) return word;
  const start = word.slice(0, ending.index);
  if (/(?:at|bl|iz)$/.test(start)) return `${start}e`;
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(start)) return /^[aeo]..$/.test(start) ? start : start.slice(0, -1);
  return start.length === first && SHORT.test(start) ? `${start}e` : start;
}

function replaced(word, endings, fits) {
  for (const [ending, other] of Object.entries(endings)) {
    if (!word.endsWith(ending)) continue;
    const start = word.slice(0, -ending.length);
    return fits(start, ending) && start + other ? start + other : word;
  }
  return word;
}

function last(word, first, second) {
  const start = word.slice(0, -1);
  if (word.endsWith("l")) return start.length >= second && start.endsWith("l") ? start : word;
  if (!word.endsWith("e")) return word;
  return start.length >= second || (start.length >= first && !SHORT.test(start)) ? start : word;
}
