// What was meant by a name that is nearly right, as generator/search/advice.py finds it.

import { ALIASES, ELSEWHERE, FIXED_VALUES, FOREIGN_FIELDS, NAMES, SUGGESTIONS, TEXT_FIELDS, VALUE_FIELDS } from "./fields.js";

const LEAST = 4; // letters of a name that may be mistyped, or of a word of a field's description
const LONGEST = 64; // longer words are not compared

// What in a query that finds something may not mean what was intended; remarks.js looks closer.
const SUSPICIOUS = /^[\s(]*-|[\s(]-(?:-|E[A-Z0-9]|[0-9])|[:!|&{]|[A-Za-z0-9][*?][A-Za-z0-9]|\b(?:and|or|not|XOR|NEAR|ADJ|AROUND)\b/;
const OF_ARCHIVE = ["state", "is", "project", "delegate"]; // whose values depend on the archive
const OF_REPOSITORY = ["release", "landed", "reverted"]; // fields, and values of `is:`

export const isField = (name) => NAMES.includes(name.toLowerCase());

/** The name of the field that a name in a query means: `From` and `f` are one. */
export function canonical(name) {
  const plain = name.toLowerCase();
  return Object.hasOwn(ALIASES, plain) ? ALIASES[plain] : plain;
}

/**
 * Whether a query that finds something may need a remark: for a sign, an operator, a name that is no field's, or what only
 * a repository tells, where none is known.
 */
export function mayNeedRemark(text, states, knowsCommits = true) {
  const doubtful = knowsCommits ? OF_ARCHIVE : [...OF_ARCHIVE, ...OF_REPOSITORY];
  const certain = NAMES.filter((name) => !doubtful.includes(canonical(name))).join("|");
  const known = [...states.map((state) => state.toLowerCase()), ...FIXED_VALUES.is].filter((name) => !doubtful.includes(name));
  return SUSPICIOUS.test(text
    .replace(new RegExp(`(^|[\\s(-])(?:${certain}):(?=\\S)`, "gi"), "$1")
    .replace(/(^|[\s(-])(state|is):([\w-]+)(?=[\s)]|$)/g, (whole, before, name, value) =>
      (known.includes(value) && (name === "is" || !FIXED_VALUES.is.includes(value)) ? before : whole)));
}

/** The field that may be meant by a name that is none, or null. */
export function nearestField(written) {
  const name = written.toLowerCase();
  if (isField(name)) return canonical(name);
  if (Object.hasOwn(ELSEWHERE, name)) return ELSEWHERE[name];
  if (Object.hasOwn(FOREIGN_FIELDS, name)) return null;
  const rowWhere = (test) => SUGGESTIONS.find(test)?.[0].slice(0, -1);
  const meant = rowWhere(([, help]) => help === name) ?? rowWhere(([, , related]) => related.split(" ").includes(name));
  if (meant) return meant;
  if (name.length < LEAST) return null;
  return rowWhere(([, help]) => help.split(" ").includes(name)) ?? nearest(name, [...Object.keys(TEXT_FIELDS), ...VALUE_FIELDS]);
}

/** The first of the words that are most like one, or begin with it; null where none is near. */
export function nearest(word, others) {
  const length = Array.from(word).length;
  let best = null, least = length < 6 ? 2 : 3;
  for (const other of others) {
    const plain = other.toLowerCase();
    const far = length > 2 && plain.startsWith(word) && plain !== word ? 1 : distance(word, plain);
    if (far > 0 && far < least) [best, least] = [other, far];
  }
  return best;
}

/** How many letters have to be added, dropped, changed or swapped; 3: more, or too long to say. */
function distance(oneText, otherText) {
  const one = Array.from(oneText), other = Array.from(otherText);
  if (Math.abs(one.length - other.length) > 2 || one.length > LONGEST) return 3;
  let earlier = [], before = [], row = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (let i = 1; i <= one.length; i++) {
    [earlier, before, row] = [before, row, [i]];
    for (let j = 1; j <= other.length; j++) {
      let cost = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) cost = Math.min(cost, earlier[j - 2] + 1);
      row.push(cost);
    }
  }
  return Math.min(row.at(-1), 3);
}
