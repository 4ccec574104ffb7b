// Code that people paste, as generator/search/pasted_code.py reads it: hunks, paths with a place in the file.

import { crashPath, readFrames } from "./pasted_traces.js";
import { cut, distinct, firstOf, path, phrase, query, split, strip } from "./reading.js";
import { words } from "./tokenizer.js";

const LONGEST_LINE = 200; // characters of a line of code that are looked for

const FILE_HEADER = /^(?:\+\+\+|---) ([^\t]+)/;
const GIT_HEADER = /^diff --(?:git|cc|combined) (.+)$/;
const BLOBS = /^index ([0-9a-f]{7,64})\.\.([0-9a-f]{7,64})(?: [0-7]{6})?$/;
const HUNK = /^@@+ -[0-9,]+ (?:[^@]|@(?!@))*@@ ?(.*)/;

// The numbers of a line before and after the change, in columns of their own or not.
const TABBED = /^ {0,9}[0-9]{0,7} ?\t[0-9]{0,7} ?(?:\t|(?=[ +-]))/;
const NUMBERED = /^ {0,9}[0-9]{1,7}(?: {1,9}[0-9]{1,7})?(?: {1,2}(?=[+-])| (?= )|$)/;

const NAMED = /^(?:---|\+\+\+|(?:rename|copy) (?:from|to)|(?:modified|new file|deleted|renamed|both modified):) (.+)$/;
const DIFFSTAT = /^(.{1,400}?) ?\| (?:[0-9]+ ?[+-]*|Bin\b.*)$/u;
// A line that is added; one that is removed looks like a word that is excluded.
const ADDED_CODE = /^\+[^+].*[(){};=]/;
const ROOTED = /^(?:[ab]|\.)\/[^ ]+$/;
const QUOTED = /^["'`]((?:[ab]|\.)\/[^"'`]+)["'`]$/;
const TIME = / [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]{5,18}.*$/; // as `diff -u` puts it behind a path
const BRACES = /\{([^{}]*) => ([^{}]*)\}/g;
const PLACE = /^([^ :()#]+)(?::[0-9]{1,9}(?:[:,-].*)?:?|#L[0-9].*|\([0-9]{1,9}(?:,[0-9]+)?\):?(?: .*)?)$/;
const OCTAL = /(?:\\[0-3][0-7][0-7])+/g;
const LOOKS_LIKE_PATH = /(?:\/|\.[A-Za-z][A-Za-z0-9]{0,9}$|^(?:Makefile|Kconfig|Kbuild|README|MAINTAINERS)$)/;

/** Lines of a diff, or of a stack trace; nothing where they are neither. */
export const readCode = (lines) => firstOf(() => readHunk(withoutNumbers(lines)), () => readFrames(lines));

/** Lines of a diff without numbers before them, if all have some: so they are copied from web pages. */
function withoutNumbers(lines) {
  const pattern = [TABBED, NUMBERED].find((one) => lines.every((line) => one.test(line)));
  return pattern ? lines.map((line) => line.replace(pattern, "")).filter(Boolean) : lines;
}

/** The most telling line that is added, and the one that is removed, in the file that a header names. */
function readHunk(lines) {
  const changed = (sign) =>
    lines.filter((line) => line.startsWith(sign) && !FILE_HEADER.test(line)).map((line) => line.slice(1));
  const hunks = lines.map((line) => HUNK.exec(line)).filter(Boolean).map((match) => match[1]);
  const file = fileOf(lines);
  if (!hunks.length && !file && !haveSigns(lines)) return [];
  const parts = [];
  for (const [field, some] of [["dfb:", changed("+")], ["dfa:", changed("-")]]) {
    const line = mostTelling(some);
    if (line) parts.push(phrase(line, field).text);
  }
  const header = parts.length ? "" : mostTelling(hunks);
  if (header) parts.push(phrase(header, "dfhh:").text);
  if (file) parts.push(phrase(file, "dfn:").text);
  return parts.length ? [query(parts.join(" "))] : [];
}

/** The path in the last header, as it is after the change where a file stays. */
function fileOf(lines) {
  const names = [];
  for (const line of lines) {
    const git = GIT_HEADER.exec(line), file = FILE_HEADER.exec(line);
    if (git) names.push(newPath(git[1]));
    else if (file) names.push(file[1].trim());
  }
  const name = names.findLast((one) => one !== "/dev/null") ?? "";
  return unquoteOctal(name).replace(/^(?:[abciow]\/)?(.)/, "$1");
}

/** Whether lines without headers are of a diff: all have a sign or a blank, and some look like code. */
function haveSigns(lines) {
  if (lines.some((line) => !"+- \t\\".includes(line[0]))) return false;
  const changed = lines.filter((line) => "+-".includes(line[0]));
  return changed.some((line) => line[1] === "\t" || line.slice(1, 3) === "  ")
    || new Set(changed.map((line) => line[0])).size > 1 || changed.some((line) => ADDED_CODE.test(line));
}

/** The line with most letters in different words: the rarest one, as far as its form shows. */
function mostTelling(lines) {
  let best = "", most = 0;
  for (const line of lines) {
    let text = split(line).join(" ");
    const start = cut(text, LONGEST_LINE);
    if (start !== text) text = start.slice(0, Math.max(0, start.lastIndexOf(" "))) || start;
    const telling = [...new Set(words(text))].reduce((sum, word) => sum + Array.from(word).length, 0);
    if (telling > most) [best, most] = [text, telling];
  }
  return best;
}

/** A path with something around it: `a/x.c`, `./x.c`, `x.c:12:3:`, `+++ b/x.c`, ` x.c | 5 +-`. */
export function readPath(text) {
  const first = (pattern) => pattern.exec(text)?.[1];
  const blobs = BLOBS.exec(text);
  if (blobs) return [query(`dfpre:${blobs[1]} dfpost:${blobs[2]}`)];
  const crash = crashPath(text), header = first(GIT_HEADER), named = first(NAMED), stat = first(DIFFSTAT);
  if (crash) return paths(crash);
  if (header) return paths(newPath(header));
  if (named) return paths(named.replace(TIME, ""));
  if (stat) return paths(stat.replace(BRACES, "$2").replaceAll("//", "/").replace(/^.* => /, "").replace(/^\.\.\.\//, ""));
  const place = first(PLACE) ?? first(QUOTED) ?? (ROOTED.test(text) ? text : "");
  return place ? paths(place) : [];
}

/** `a/x b/x` → `b/x`; blanks of a path are not quoted by git. */
function newPath(both) {
  const half = Math.floor(both.length / 2);
  if (both[half] === " " && both.slice(1, half) === both.slice(half + 2)) return both.slice(half + 1);
  const blank = both.lastIndexOf(both.endsWith('"') ? ' "' : " ");
  return blank < 0 ? both : both.slice(blank + (both.endsWith('"') ? 2 : 1));
}

/** A path with and without the `a/` or `b/` that git puts before it: a folder may have this name. */
export function paths(text) {
  const whole = unquoteOctal(text.trim()).replace(/^(?:\.{1,2}\/)+|^\//, "");
  const plain = whole.replace(/^[ab]\/(.)/, "$1");
  return LOOKS_LIKE_PATH.test(plain) && whole !== "dev/null" ? distinct([path(plain), path(whole)]) : [];
}

/** A path as git quotes it (in quotes, other bytes than ASCII's in octal) → its characters. */
function unquoteOctal(text) {
  return strip(text, "\"'`").replace(OCTAL, (run) =>
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      Uint8Array.from(run.split("\\").slice(1), (octal) => Number.parseInt(octal, 8))));
}
