// What a pasted text stands for, exactly as generator/search/pasted.py reads it: a message id, a commit, a number, a
// series, a subject, a path or a query. By its form alone, without the index; nothing is thrown.

import { decodedWords } from "./encoded_words.js";
import { MAX_PASTE, MOST_READINGS } from "./fields.js";
import { isNumber, readId, readMessageId } from "./identifiers.js";
import { readCode, readPath } from "./pasted_code.js";
import { readCommit, readCommitOfLog } from "./pasted_commits.js";
import { readHeader, readMail } from "./pasted_mail.js";
import { isSubject, readReply, readSubject, readTagged } from "./pasted_subjects.js";
import { patchFile, readTool, titleTold } from "./pasted_tools.js";
import { readFrames } from "./pasted_traces.js";
import { readLink } from "./pasted_urls.js";
import { commit, cut, distinct, firstOf, isExact, query, split, strip, subject } from "./reading.js";

const MOST_LINES = 200; // that are looked at one by one
const MOST_FILES = 3; // of several lines, one of which is likely to be meant
// Invisible characters that web pages and mail programs put into text.
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;
const LINE_END = /\r\n?|\n|\u2028|\u2029/;
// As pages have them that were escaped once too often.
const ENTITY = /&(lt|gt|quot|nbsp|amp|#39);/g;
const ENTITIES = { lt: "<", gt: ">", quot: '"', nbsp: " ", amp: "&", "#39": "'" };
const QUOTE_MARK = /^(?:> ?){1,20}/;
const WHOLE_ID = /^[^ <>"(),;@]{1,300}@[^ <>"(),;]+$/u;
const ID_NAME = /^(?:id|mid|msgid|message-id|in-reply-to)=/i;
const FIELD = /^-?[a-z]+:/;
const NUMBER = /^(?:(patch|cover|series) ?)?#([0-9]{1,15})$/i;
const FILE = /^(?:v[0-9]{1,3}-)?[0-9]{4}-([^ /]+)\.(?:patch|diff|eml|mbox)$/;
const FILE_NAME_LENGTH = 52; // `git format-patch` cuts names off after so many letters

/** What a text may stand for, in one or more ways, each of which counts; a plain query stays as it is. */
export function read(text) {
  const lines = unquotedLines(telling(decodedWords(cut(text, MAX_PASTE)).split(LINE_END).map(clean)));
  const several = lines.length > 1 ? readLines(lines.slice(0, MOST_LINES)) : [];
  return several.length ? several : readLine(split(lines.join(" ")).join(" "), lines[0] ?? "");
}

const telling = (lines) => lines.filter((line) => line.trim());

const clean = (line) => line.replace(INVISIBLE, "").replace(CONTROL, " ")
  .replace(ENTITY, (_, name) => ENTITIES[name]).replace(/[“”]/g, '"');

/** Lines that a reply quotes, without their marks and without `Alex wrote:` before them. */
function unquotedLines(lines) {
  const quoted = lines.length > 1 && lines[0].trimEnd().endsWith(":") ? lines.slice(1) : lines;
  return quoted.every((line) => line.startsWith(">")) ? telling(quoted.map((line) => line.replace(QUOTE_MARK, ""))) : lines;
}

/** Several lines: a mail or its headers, a commit, a hunk, a stack trace, or one thing a line. */
function readLines(lines) {
  const whole = firstOf(() => readMail(lines), () => readCommitOfLog(lines), () => readCode(lines));
  if (whole.length) return whole;
  const each = lines.map((line) => readLine(split(line).join(" "), line));
  const exact = [...brokenId(lines), ...each.flat().filter(isExact)];
  if (exact.length) return distinct(exact).slice(0, MOST_READINGS);
  if (isSubject(lines[0].trim())) return distinct([...each[0], ...readSubject(split(lines.slice(0, 2).join(" ")).join(" "))]);
  return distinct(each.flat().filter(({ field }) => field === "dfn")).slice(0, MOST_FILES);
}

/** A message id that was broken into two lines. */
function brokenId(lines) {
  const whole = lines.map((line) => line.trim()).join("");
  const isOne = lines.length === 2 && whole.split("@").length === 2 && !whole.includes(" ");
  return isOne ? readValue(whole).filter(isExact) : [];
}

/** One line, its blanks collapsed; `raw` has them as they were. */
const readLine = (text, raw) => firstOf(
  () => readHeader(text), () => readFrames([text]), () => readCommit(text), () => readReply(text), () => readLink(text),
  () => readSubject(titleTold(text)), () => readTool(text), () => readValue(text), () => readTagged(text), () => readPath(text),
  () => readCode(raw ? [raw] : []), () => [query(text)]);

/** A message id or a number by itself, or the name of a patch's file. */
function readValue(text) {
  let bare = strip(strip(text, "<>,;.:'\"").replace(/^mailto:/, "").replace(ID_NAME, ""), "<>");
  if (!bare.includes("@")) bare = bare.replaceAll("%40", "@");
  if (WHOLE_ID.test(bare) && !FIELD.test(bare) && !bare.startsWith("-")) {
    const [exact] = readMessageId(bare);
    return [query(exact.text), exact];
  }
  const [, kind, number] = NUMBER.exec(text) ?? [];
  if (number) {
    const exact = readId(number, (kind ?? "patch").toLowerCase());
    return kind ? exact : [query(number), ...exact];
  }
  if (isNumber(text)) {
    const isHash = text.length >= 7 && text.length <= 40;
    return [query(text), ...readId(text), ...(isHash ? commit(text).slice(0, 1) : [])];
  }
  const title = FILE.exec(patchFile(text) || text)?.[1].split("-");
  if (!title) return [];
  const isCutOff = Array.from(title.join("-")).length >= FILE_NAME_LENGTH - 5 && title.length > 3;
  return [subject((isCutOff ? title.slice(0, -1) : title).join(" "))];
}
