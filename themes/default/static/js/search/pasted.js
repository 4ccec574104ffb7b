// What a pasted text stands for, exactly as generator/search/pasted.py reads it: a message id, a commit, a number, a
// series, a subject, a path or a query. By its form alone, without the index; nothing is thrown.

import { MAX_PASTE } from "./fields.js";
import { readCode, readFrame, readPath } from "./pasted_code.js";
import { isNumber, readId, readMessageId, readUrl } from "./pasted_urls.js";
import { HEX, commit, cut, distinct, firstOf, isExact, query, split, strip, subject } from "./reading.js";
import { words } from "./tokenizer.js";

const MOST_LINES = 200; // that are looked at one by one
const MOST_READINGS = 50;
// Invisible characters that web pages and mail programs put into text.
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;
const LINE_END = /\r\n?|\n|\u2028|\u2029/;
const QUOTE_MARK = /^(?:> ?){1,20}/;
const HEADER = /^([A-Za-z][A-Za-z0-9-]{0,40}) ?: ?(.*)$/;
const REPLY = /^(?:(?:re|fwd?|aw|wg|antw|sv|vb|rv|odp|答复|回复|转发)(?:\[[0-9]{1,3}\])? ?[:：] ?){1,20}/i;
const TAGS = /^(?:\[[A-Za-z0-9 ,./:#&+@_=-]{0,100}\] ?){1,10}/;
const URLS = /(?:https?|nntps?|news|mid):\/\/[^ <>"]+|\b(?:mid|news):[^ <>@"]{1,300}@[^ <>"]+/g;
const WHOLE_URL = new RegExp(`^(?:${URLS.source})$`);
const BARE_URL = /^[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,9}(?::[0-9]{1,5})?\/[^ ]*$/;
const ID = /[^ <>"(),;@]{1,300}@[^ <>"(),;]+/u;
const WHOLE_ID = /^[^ <>"(),;@]{1,300}@[^ <>"(),;]+$/u;
const FIELD = /^-?[a-z]+:/;
const NUMBER = /^(?:(patch|cover|series) ?)?#([0-9]{1,15})$/i;
const FILE = /^(?:v[0-9]{1,3}-)?[0-9]{4}-([^ /]+)\.(?:patch|diff|eml|mbox)$/;
const FILE_NAME_LENGTH = 52; // `git format-patch` cuts names off after so many letters

const COMMIT_WORDS = new RegExp(
  "^[(\\[]? ?(?:(?:[A-Za-z][A-Za-z-]* ){0,4}commit:?|from|git (?:show|log|diff|cherry-pick|revert|describe|" +
  `checkout|reset|range-diff|rebase|format-patch)(?: -[^ ]*){0,9}) (?:[0-9a-f]+\\.\\.\\.?)?(${HEX})\\b(.*)$`, "i");
const COMMIT = new RegExp(`^(?:[^ ]{1,200}-g)?(${HEX})[,.;:]?$`, "iu");
const COMMIT_TITLE = new RegExp(`^(${HEX}) (.+)$`, "i");
const COMMIT_VALUE = new RegExp(`^(?:commit )?(${HEX})\\b(.*)$`, "i");
const WHOLE_HEX = new RegExp(`^${HEX}$`);
const TITLE = /^[^("]*\( ?["'](.+)["'] ?\)/;
const REFERENCE = /^ ?\((.+), [0-9]{4}-[0-9]{2}-[0-9]{2}\)/; // as `git log --pretty=reference` has it
const DECORATION = /^\((?:HEAD|tag:|origin\/)[^)]*\) /;

const IDS = new Set(("message-id in-reply-to references msgid msg-id rfc822msgid x-message-id " +
  "original-message-id").split(" "));
const LINKS = new Set(("link closes url archived-at buglink bug patchwork patch lore thread ref reference discussion " +
  "see web v1 v2 v3 v4 v5 v6 v7 v8 v9 x-patchwork-url supersedes based-on").split(" "));
const COMMITS = new Set("fixes reverts upstream-commit cherry-picked-from".split(" "));
const PEOPLE = new Map(Object.entries({ from: "f", author: "f", sender: "f", to: "t", cc: "c" }));
const NUMBERS = new Set("x-patchwork-id patchwork-id".split(" "));

/** What a text may stand for, in one or more ways, each of which counts; a plain query stays as it is. */
export function read(text) {
  let lines = telling(cut(text, MAX_PASTE).split(LINE_END).map(clean));
  if (lines.every((line) => line.startsWith(">"))) lines = telling(lines.map((line) => line.replace(QUOTE_MARK, "")));
  const several = lines.length > 1 ? readLines(lines.slice(0, MOST_LINES)) : [];
  return several.length ? several : readLine(split(lines.join(" ")).join(" "), lines[0] ?? "");
}

/** Whether a text is one address of the web, and nothing else. */
export const isAddress = (text) => WHOLE_URL.test(text.trim());

const telling = (lines) => lines.filter((line) => line.trim());

const clean = (line) => line.replace(INVISIBLE, "").replace(CONTROL, " ").replace(/[“”]/g, '"');

/** Several lines: a mail or its headers, a commit, a hunk, a stack trace, or one thing a line. */
function readLines(lines) {
  return firstOf(() => readMail(lines), () => readCommitOfLog(lines), () => readCode(lines),
    () => distinct(lines.flatMap((line) => readLine(split(line).join(" "), line).filter(isExact))).slice(0, MOST_READINGS));
}

/** Headers, of which a long one goes on in lines that begin with a blank. */
function readMail(lines) {
  const first = lines[0].startsWith("From ") ? COMMIT_WORDS.exec(lines[0]) : null;
  if (!first && !HEADER.test(lines[0])) return [];
  const headers = new Map();
  let last = "";
  for (const line of lines.slice(first ? 1 : 0)) {
    const header = HEADER.exec(line);
    if (" \t".includes(line[0]) && last) headers.set(last, `${headers.get(last)} ${line.trim()}`);
    else if (header) {
      last = header[1].toLowerCase();
      if (!headers.has(last)) headers.set(last, header[2].trim());
    } else break;
  }
  if (headers.has("message-id")) return readIds(headers.get("message-id"));
  const title = headers.has("subject") ? readSubject(headers.get("subject")) : [];
  return first ? [...commit(first[1]), ...title] : title;
}

/** What `git log` and `git show` print: the title is the first line that is indented. */
function readCommitOfLog(lines) {
  const first = lines[0].startsWith("commit ") ? COMMIT_WORDS.exec(lines[0]) : null;
  if (!first) return [];
  const title = lines.slice(1).find((line) => line.startsWith("    ")) ?? "";
  return [...commit(first[1]), ...readSubject(title.trim())];
}

/** One line, its blanks collapsed; `raw` has them as they were. */
function readLine(text, raw) {
  const header = HEADER.exec(text);
  return firstOf(
    () => (header ? readHeader(header[1].toLowerCase(), header[2].trim()) : []), () => readFrame(text),
    () => readCommit(text), () => (REPLY.test(text) ? readSubject(text) : []), () => readLink(text), () => readValue(text),
    () => readTagged(text), () => readPath(text), () => readCode(raw ? [raw] : []), () => [query(text)]);
}

function readHeader(name, value) {
  if (!value) return [];
  if (name === "subject") return readSubject(value);
  if (IDS.has(name)) return readIds(value);
  if (["m", "mid", "id"].includes(name) && !value.includes(" ") && !value.endsWith("*")) { // a field of the language: the thing alone
    return firstOf(() => readLink(value), () => (name === "id" ? readId(value) : readMessageId(value)).slice(0, 1));
  }
  if (name === "commit" && WHOLE_HEX.test(value)) return commit(value).slice(0, 1);
  if (name === "series" && isNumber(value)) return readId(value, "series");
  if (LINKS.has(name)) return firstOf(() => readLink(value), () => readLink(value.split(" ")[0]));
  const match = COMMITS.has(name) && COMMIT_VALUE.exec(value);
  if (match) return commitAndTitle(match[1], match[2]);
  if (NUMBERS.has(name)) return isNumber(value) ? readId(value) : [];
  const address = PEOPLE.has(name) && ID.exec(value)?.[0];
  const isWhole = address && (value === address || value.endsWith(`<${address}>`));
  return isWhole ? [query(`${PEOPLE.get(name)}:"${address}"`)] : [];
}

/** Message ids as headers have them, `<a@x> <b@y>`, or an address. */
function readIds(text) {
  if (text.includes("://")) return readLink(text);
  const bracketed = [...text.matchAll(/<([^<> ]+)>/g)].map((match) => match[1]);
  const ids = bracketed.length ? bracketed : split(text);
  const found = distinct(ids.slice(0, MOST_READINGS).flatMap((one) => readMessageId(one)));
  return ids.length === 1 ? found : found.filter(isExact);
}

/** A subject without what mail programs and senders put before it, and without a word that was cut off. */
function readSubject(text) {
  let title = text;
  for (;;) {
    const shorter = title.replace(REPLY, "").replace(TAGS, "").trim();
    if (shorter === title) break;
    title = shorter;
  }
  if (/(?:\.\.\.|…)$/.test(title)) title = title.slice(0, Math.max(0, title.lastIndexOf(" "))) || title;
  return words(title).length ? [subject(title)] : [];
}

/** `[PATCH v2 1/3] title`, also as Patchwork lists it; not if fields of a query follow. */
function readTagged(text) {
  const tags = TAGS.exec(text);
  if (!tags || split(text.slice(tags[0].length)).some((word) => FIELD.test(word) && !word.endsWith(":"))) return [];
  return readSubject(text);
}

/** `commit ID ("title")`, `git show ID`, `ID title`, or an id alone. What has no digit may be a word. */
function readCommit(text) {
  const named = COMMIT_WORDS.exec(text);
  if (named && hasDigit(named[1])) return commitAndTitle(named[1], named[2]);
  const [, hexes, rest] = COMMIT_TITLE.exec(text) ?? [];
  if (hexes) {
    if (TITLE.test(rest) || REFERENCE.test(rest)) return commitAndTitle(hexes, rest);
    const title = rest.replace(DECORATION, "");
    if (title.split(" ").length > 2 && hasDigit(hexes) && !isNumber(hexes)) return [...commit(hexes), ...readSubject(title)];
  }
  const alone = COMMIT.exec(text)?.[1];
  if (!alone || isNumber(alone)) return [];
  const [exact, mentions] = commit(alone);
  return [hasDigit(alone) ? mentions : query(alone), exact];
}

const hasDigit = (hexes) => /[0-9]/.test(hexes);

function commitAndTitle(hexes, rest) {
  const title = TITLE.exec(rest) ?? REFERENCE.exec(rest);
  return [...commit(hexes), ...(title ? readSubject(title[1]) : [])];
}

/** Addresses in a line: `[1] https://…`, `https://… # v2`, `lore.kernel.org/all/…`, `/patch/12/`. */
function readLink(text) {
  const found = (text.match(URLS) ?? []).slice(0, MOST_READINGS).map(readUrl);
  if (found.length) {
    const exact = distinct(found.filter((readings) => readings.some(isExact)).flat());
    return exact.length ? exact : found[0];
  }
  if (BARE_URL.test(text)) {
    const readings = readUrl(`//${text}`);
    return readings.some(isExact) ? readings : [];
  }
  return text.startsWith("/") ? readUrl(text) : [];
}

/** A message id or a number by itself, or the name of a patch's file. */
function readValue(text) {
  let bare = strip(text, "<>,;.").replace(/^mailto:/, "");
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
  const title = FILE.exec(text)?.[1].split("-");
  if (!title) return [];
  const isCutOff = Array.from(title.join("-")).length >= FILE_NAME_LENGTH - 5 && title.length > 3;
  return [subject((isCutOff ? title.slice(0, -1) : title).join(" "))];
}
