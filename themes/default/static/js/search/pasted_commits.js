// Commits that people paste, as generator/search/pasted_commits.py reads them: ids with titles, lines of `git log`, of
// `git rebase`, of `git blame`.

import { isNumber } from "./identifiers.js";
import { readSubject } from "./pasted_subjects.js";
import { HEX, commit, query } from "./reading.js";

const NAMED = new RegExp(
  "^[(\\[]? ?(?:(?:[A-Za-z][A-Za-z-]* ){0,4}commit:?|from|git (?:show|log|diff|cherry-pick|revert|describe|" +
  `checkout|reset|range-diff|rebase|format-patch)(?: -[^ ]*){0,9}) (?:[0-9a-f]+\\.\\.\\.?)?(${HEX})\\b(.*)$`, "i");
const ALONE = new RegExp(`^(?:[^ ]{1,200}-g)?(${HEX})[,.;:]?$`, "iu");
// Signs of a graph, and commands of a rebase, stand before the id.
const WITH_TITLE = new RegExp(`^(?:[*|/\\\\_ ]{1,40} |(?:pick|reword|edit|squash|fixup|drop|[+=-]) )?(${HEX}) (.+)$`, "i");
const BLAMED = new RegExp(`^\\^?(${HEX}) [^()]{0,400}\\([^()]{1,200} [0-9]{4}-[0-9]{2}-[0-9]{2}[^()]{0,60} [0-9]+\\)`, "u");
const VALUE = new RegExp(`^(?:commit )?(${HEX})\\b(.*)$`, "i");
const TITLE = /^[^("]*\( ?["'](.+)["'] ?\)/;
const REFERENCE = /^ ?\((.+), [0-9]{4}-[0-9]{2}-[0-9]{2}\)/; // as `git log --pretty=reference` has it
const DECORATION = /^\((?:HEAD|tag:|origin\/)[^)]*\) /;

/** `commit ID ("title")`, `git show ID`, `ID title`, or an id alone. What has no digit may be a word. */
export function readCommit(text) {
  const named = NAMED.exec(text);
  if (named && hasDigit(named[1])) return withTitle(named[1], named[2]);
  const blamed = BLAMED.exec(text);
  if (blamed) return commit(blamed[1]);
  const [, hexes, rest] = WITH_TITLE.exec(text) ?? [];
  if (hexes) {
    if (TITLE.test(rest) || REFERENCE.test(rest)) return withTitle(hexes, rest);
    const title = rest.replace(DECORATION, "");
    if (title.split(" ").length > 2 && hasDigit(hexes) && !isNumber(hexes)) return [...commit(hexes), ...readSubject(title)];
  }
  const alone = ALONE.exec(text)?.[1];
  if (!alone || isNumber(alone)) return [];
  const [exact, mentions] = commit(alone);
  return [hasDigit(alone) ? mentions : query(alone), exact];
}

/** What a trailer such as `Fixes:` names: an id, and a title where it has one. */
export function readCommitValue(value) {
  const match = VALUE.exec(value);
  return match ? withTitle(match[1], match[2]) : [];
}

/** What `git log` and `git show` print: the title is the first line that is indented. */
export function readCommitOfLog(lines) {
  const first = lines[0].startsWith("commit ") ? NAMED.exec(lines[0]) : null;
  if (!first) return [];
  const title = lines.slice(1).find((line) => line.startsWith("    ")) ?? "";
  return [...commit(first[1]), ...readSubject(title.trim())];
}

/** The commit in the first line of a mail that git made: `From ID Mon Sep 17 00:00:00 2001`. */
export function commitOfMail(line) {
  const match = line.startsWith("From ") ? NAMED.exec(line) : null;
  return match ? commit(match[1]) : [];
}

const hasDigit = (hexes) => /[0-9]/.test(hexes);

function withTitle(hexes, rest) {
  const title = TITLE.exec(rest) ?? REFERENCE.exec(rest);
  return [...commit(hexes), ...(title ? readSubject(title[1]) : [])];
}
