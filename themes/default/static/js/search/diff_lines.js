// The lines that a diff adds and removes, in any form: unified, of a merge, context and normal. Of a damaged diff
// perhaps more than the pages show, never fewer: see line_phrases.py and the modules of generator/diff.

const HUNK = /^@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@/;
const PROPERTY = /^## -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? ##/;
const COMBINED = /^(@@@{1,8}) ((?:-\d{1,9}(?:,\d{1,9})? ){2,9})\+\d{1,9}(?:,(\d{1,9}))? \1(?!@)/;
const RANGE = /-\d{1,9}(?:,(\d{1,9}))? /g;
const OLD_RANGE = /^\*\*\* \d{1,9}(?:,\d{1,9})? \*\*\*\*\r?$/;
const NEW_RANGE = /^--- \d{1,9}(?:,\d{1,9})? ----\r?$/;
const COMMAND = /^\d{1,9}(?:,\d{1,9})?([acd])\d{1,9}(?:,\d{1,9})?\r?$/;
const BOUNDARY = /^(?:@@|diff -|Index: |From |Property changes on: |Binary file|Only in |# HG )/;
const SIGNS = "+- \\";

/** Calls `found(sign, text)` for each line that a diff adds (`+`) or removes (`-`), until it returns true. */
export function someChangedLine(diff, found) {
  const lines = diff.split("\n");
  for (let at = 0; at < lines.length;) {
    const read = /^(?:@@ |## -)/.test(lines[at]) ? unified
      : lines[at].startsWith("@@@") ? combined
      : lines[at].startsWith("***************") ? context
      : COMMAND.test(lines[at]) ? normal : null;
    const end = read?.(lines, at, found) ?? at + 1;
    if (end === true) return true;
    at = end;
  }
  return false;
}

/** Each reader returns the index after the hunk, true once a line was the one; null where no hunk begins. */
function unified(lines, start, found) {
  const numbers = HUNK.exec(lines[start]) ?? PROPERTY.exec(lines[start]);
  let [before, after] = numbers ? [Number(numbers[1] || 1), Number(numbers[2] || 1)] : [0, 0];
  let at = start + 1;
  for (; at < lines.length; at++) {
    const line = lines[at], sign = line[0] ?? "";
    if (before > 0 || after > 0) {
      if (BOUNDARY.test(line) || isNextFile(lines, at, before, after)) break;
    } else if (line === "-- " || startsFile(lines, at) || !hasSign(lines, at)) break;
    if ((sign === "+" || sign === "-") && found(sign, line.slice(1))) return true;
    if (["-", " ", "", "\r"].includes(sign)) before -= 1;
    if (["+", " ", "", "\r"].includes(sign)) after -= 1;
  }
  return at;
}

function withoutReturns(text) {
  let end = text.length;
  while (text[end - 1] === "\r") end -= 1;
  return text.slice(0, end);
}

const isSign = (sign) => sign !== undefined && SIGNS.includes(sign);

const hasSign = (lines, at) => isSign(lines[at] === "" ? lines[at + 1]?.[0] : lines[at][0]);

function startsFile(lines, at) {
  const line = lines[at], below = lines[at + 1];
  if (/^(?:diff -|Index: )/.test(line)) return true;
  if (below === undefined) return false;
  if (line.startsWith("--- ")) return below.startsWith("+++ ");
  return line.startsWith("*** ") && below.startsWith("--- ")
    && (lines[at + 2] ?? "").startsWith("***************");
}

const isNextFile = (lines, at, before, after) =>
  !(before === 1 && after === 1) && startsFile(lines, at) && HUNK.test(lines[at + 2] ?? "");

function combined(lines, start, found) {
  const header = COMBINED.exec(lines[start]);
  if (!header) return null;
  const left = [...header[2].matchAll(RANGE)].map(([, size]) => Number(size || 1));
  const width = left.length;
  if (width !== header[1].length - 1) return null;
  left.push(Number(header[3] || 1));
  let at = start + 1;
  for (; at < lines.length && left.some((size) => size > 0); at++) {
    const line = lines[at];
    const signs = withoutReturns(line.slice(0, width)).padEnd(width);
    if (signs.startsWith("\\")) continue;
    if (/[^+ -]/.test(signs)) break;
    const isRemoved = signs.includes("-");
    for (let n = 0; n < width; n++) if (signs[n] === (isRemoved ? "-" : " ")) left[n] -= 1;
    if (!isRemoved) left[width] -= 1;
    if ((isRemoved || signs.includes("+")) && found(isRemoved ? "-" : "+", line.slice(width))) return true;
  }
  return (lines[at] ?? "").startsWith("\\") ? at + 1 : at;
}

function context(lines, start, found) {
  if (!OLD_RANGE.test(lines[start + 1] ?? "")) return null;
  const middle = contextPart(lines, start + 2, "-", found);
  if (middle === true || !NEW_RANGE.test(lines[middle] ?? "")) return middle;
  return contextPart(lines, middle + 1, "+", found);
}

function contextPart(lines, start, changed, found) {
  let at = start;
  for (; at < lines.length; at++) {
    const line = lines[at];
    const isMarked = line !== "" && `${changed} !`.includes(line[0]) && ["", " ", "\r"].includes(line[1] ?? "");
    const isBlank = line === "" && /^[ +!-] /.test(lines[at + 1] ?? "");
    if (!isMarked && !isBlank && !line.startsWith("\\ ")) break;
    if (isMarked && line[0] !== " " && found(changed, line.slice(2))) return true;
  }
  return at;
}

function normal(lines, start, found) {
  let middle = markedRun(lines, start + 1, "<", "-", found);
  if (middle === true) return true;
  const isChange = COMMAND.exec(lines[start])[1] === "c";
  if (isChange && withoutReturns(lines[middle] ?? "") === "---") middle += 1;
  const end = markedRun(lines, middle, ">", "+", found);
  return end === start + 1 ? null : end;
}

function markedRun(lines, start, mark, sign, found) {
  let at = start;
  for (; at < lines.length; at++) {
    const isMarked = lines[at].startsWith(`${mark} `) || withoutReturns(lines[at]) === mark;
    if (!isMarked && !(at > start && lines[at].startsWith("\\ "))) break;
    if (isMarked && found(sign, lines[at].slice(2))) return true;
  }
  return at;
}
