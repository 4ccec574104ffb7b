// Phrases in changed lines: the index has no positions there, so the diff itself is read, patch by patch.

import { ADDED, REMOVED } from "./fields.js";
import { words } from "./tokenizer.js";

/** Whether a node, or one within it, is an exact phrase that is wanted in changed lines alone. */
export function asksLines([kind, ...rest]) {
  if (kind === "phrase") return rest[2] && !(rest[1] & ~(ADDED | REMOVED));
  return ["and", "or", "not"].includes(kind) && rest.some(asksLines);
}

/** Whether some words, whole ones, stand one after the other in a line that a diff adds or removes. */
export async function hasPhrase(diff, wanted, fields) {
  const { someChangedLine } = await import("./diff_lines.js");
  return someChangedLine(diff, (sign, text) => {
    if (!((sign === "+" ? ADDED : REMOVED) & fields)) return false;
    const present = words(text);
    for (let at = 0; at + wanted.length <= present.length; at++) {
      if (wanted.every((word, n) => present[at + n] === word)) return true;
    }
    return false;
  });
}
