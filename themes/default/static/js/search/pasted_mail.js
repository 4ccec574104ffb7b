// Headers of mails that people paste, one by one or several, as generator/search/pasted_mail.py reads them.

import { MOST_READINGS } from "./fields.js";
import { isNumber, readId, readMessageId } from "./identifiers.js";
import { commitOfMail, readCommitValue } from "./pasted_commits.js";
import { readSubject } from "./pasted_subjects.js";
import { readLink } from "./pasted_urls.js";
import { HEX, commit, distinct, firstOf, isExact, query, split } from "./reading.js";

const HEADER = /^([A-Za-z][A-Za-z0-9-]{0,40}) ?: ?(.*)$/;
const ADDRESS = /[^ <>"(),;@]{1,300}@[^ <>"(),;]+/u;
// What mail programs put above a mail that they forward.
const SEPARATOR = /^(?:-{3,20} ?[A-Za-z ]{5,40} ?-{3,20}|Begin forwarded message:)$/;
const WHOLE_HEX = new RegExp(`^${HEX}$`);
const IDS = new Set(("message-id in-reply-to references msgid msg-id rfc822msgid x-message-id " +
  "original-message-id").split(" "));
const LINKS = new Set(("link closes url archived-at buglink bug patchwork patch lore thread ref reference discussion " +
  "see web v1 v2 v3 v4 v5 v6 v7 v8 v9 x-patchwork-url supersedes based-on").split(" "));
const COMMITS = new Set("fixes reverts upstream-commit cherry-picked-from".split(" "));
const PEOPLE = new Map(Object.entries({ from: "f", author: "f", sender: "f", to: "t", cc: "c" }));
const NUMBERS = new Set("x-patchwork-id patchwork-id".split(" "));

/** Headers, of which a long one goes on in lines that begin with a blank. */
export function readMail(lines) {
  const start = Math.max(0, lines.findIndex((line) => !SEPARATOR.test(line.trim())));
  const first = commitOfMail(lines[start]);
  if (!first.length && !HEADER.test(lines[start])) return [];
  const headers = new Map();
  let last = "";
  for (const line of lines.slice(first.length ? start + 1 : start)) {
    const header = HEADER.exec(line);
    if (" \t".includes(line[0]) && last) headers.set(last, `${headers.get(last)} ${line.trim()}`);
    else if (header) {
      last = header[1].toLowerCase();
      if (!headers.has(last)) headers.set(last, header[2].trim());
    } else break;
  }
  if (headers.has("message-id")) return readIds(headers.get("message-id"));
  return [...first, ...(headers.has("subject") ? readSubject(headers.get("subject")) : [])];
}

/** A line of a header, or a trailer, that names something. */
export function readHeader(text) {
  const [, written = "", rest = ""] = HEADER.exec(text) ?? [];
  const name = written.toLowerCase(), value = rest.trim();
  if (!value) return [];
  if (name === "subject") return readSubject(value);
  if (IDS.has(name)) return readIds(value);
  // A field of the language: the thing alone.
  if (["m", "mid", "id"].includes(name) && !value.includes(" ") && !value.endsWith("*")) {
    return firstOf(() => readLink(value), () => (name === "id" ? readId(value) : readMessageId(value)).slice(0, 1));
  }
  if (name === "commit" && WHOLE_HEX.test(value)) return commit(value).slice(0, 1);
  if (name === "series" && isNumber(value)) return readId(value, "series");
  if (LINKS.has(name)) return firstOf(() => readLink(value), () => readLink(value.split(" ")[0]));
  const named = COMMITS.has(name) ? readCommitValue(value) : [];
  if (named.length) return named;
  if (NUMBERS.has(name)) return isNumber(value) ? readId(value) : [];
  const address = PEOPLE.has(name) && ADDRESS.exec(value)?.[0];
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
