// Phrases in changed lines: the index has no positions there, so the diff itself is read, patch by patch.

import { ADDED, REMOVED } from "./fields.js";
import { words } from "./tokenizer.js";

const HUNK = /^@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@/;

/** Whether a node, or one within it, is an exact phrase that is wanted in changed lines alone. */
export function asksLines([kind, ...rest]) {
  if (kind === "phrase") return rest[2] && !(rest[1] & ~(ADDED | REMOVED));
  return ["and", "or", "not"].includes(kind) && rest.some(asksLines);
}

/** Whether some words, whole ones, stand one after the other in a line that a diff adds or removes. */
export function hasPhrase(diff, wanted, fields) {
  let before = 0, after = 0;
  for (const line of diff.split("\n")) {
    // A hunk may have fewer lines than it announces; none of them begins like a header.
    const hunk = line.startsWith("@@ ") && HUNK.exec(line);
    if (hunk) [before, after] = [Number(hunk[1] || 1), Number(hunk[2] || 1)];
    if (hunk || (before <= 0 && after <= 0)) continue;
    const sign = line[0];
    if (sign !== "+" && sign !== "\\") before -= 1;
    if (sign !== "-" && sign !== "\\") after -= 1;
    const field = { "+": ADDED, "-": REMOVED }[sign] ?? 0;
    if (!(field & fields)) continue;
    const present = words(line.slice(1));
    for (let at = 0; at + wanted.length <= present.length; at++) {
      if (wanted.every((word, n) => present[at + n] === word)) return true;
    }
  }
  return false;
}
