// Addresses that people paste, as generator/search/pasted_urls.py reads them: of public-inbox, Patchwork, git's web
// pages and sites like this one. What matters is the form of the path, not the host: archives have mirrors.

import { MOST_READINGS } from "./fields.js";
import { URLS, decode, isNumber, readId, readMessageId } from "./identifiers.js";
import { HEX, commit, cut, distinct, firstOf, isExact, path, phrase, query, reading, split, strip } from "./reading.js";

const BARE_URL = /^[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,9}(?::[0-9]{1,5})?\/[^ ]*$/;

const PARTS = /^(?:[a-z]+:)?\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/;
const OF_ROOT = /^()(\/[^?#]*)(?:\?([^#]*))?/;
const IS_HEX = new RegExp(`^${HEX}$`, "i");
// Folders and files that public-inbox and Patchwork have below a mail.
const BELOW = /^(?:|raw|mbox(?:\.[a-z]+)?|T|t|t\.mbox\.gz|t\.atom|checks|comments|vs|thread)$/;
// Parameters whose value is a message id (marc.info, mail-archive.com, Patchwork's API).
const ID_PARAMETERS = ["msgid", "i", "mid", "id"];
const MOST_PARTS = 100; // of an address that are looked at
// Folders below which repositories' browsers have files.
const BROWSED = ["blob", "tree", "raw", "blame", "edit", "commits", "+", "src"];
const KINDS = { patches: "patch", covers: "cover", comments: "comment" };

/** Addresses in a line: `[1] https://…`, `https://… # v2`, `lore.kernel.org/all/…`, `/patch/12/`. */
export function readLink(text) {
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

/** What an address is about; nothing where it has no path and no parameters. */
export function readUrl(address) {
  let url = strip(address, ".,;:!?>'*", false);
  if (url.endsWith(")") && !url.includes("(")) url = strip(url, ")", false);
  if (/^(?:mid|news):(?!\/\/)/.test(url)) return readMessageId(url.slice(url.indexOf(":") + 1));
  const parts = PARTS.exec(url) ?? OF_ROOT.exec(url);
  if (!parts) return [];
  const [, host, place, search] = parts;
  const parameters = search ? parametersOf(search) : new Map();
  const found = firstOf(() => readPlace(place.split("/").filter(Boolean), parameters),
    () => (host ? readSource(host, place, parameters) : []));
  if (found.length || (!/[^/]/.test(place) && !parameters.size) || !host) return found;
  return [phrase(url.slice(url.indexOf("//") + 2).split("#")[0])];
}

function readPlace(parts, parameters) {
  return firstOf(() => readParameters(parts, parameters), () => readRoute(parts), () => readMessage(parts),
    () => readCommit(parts), () => readList(parts, parameters));
}

/** The first value of each; gitweb separates them by semicolons. */
function parametersOf(text) {
  const values = new Map();
  for (const pair of text.split(/[&;]/).slice(0, 100)) {
    const [name] = pair.split("=", 1);
    if (!values.has(name)) values.set(name, decode(pair.slice(name.length + 1).replaceAll("+", "%20")));
  }
  return values;
}

function readParameters(parts, parameters) {
  const value = (name) => parameters.get(name) ?? "";
  if (isNumber(value("series"))) return readId(value("series"), "series");
  for (const name of ID_PARAMETERS) {
    if (value(name).includes("@") || (name === "msgid" && value(name))) return readMessageId(value(name));
  }
  if (value("l") === "mid" && value("q")) return readMessageId(value("q"));
  const isFile = parameters.has("f"); // then `h` is a blob
  for (const name of isFile ? [] : ["id", "h"]) if (IS_HEX.test(value(name)) && !isNumber(value(name))) return commit(value(name));
  const isSearch = (parts.length < 2 || ["search", "list"].includes(parts.at(-1))) && !parts.includes("list");
  return value("q") && isSearch ? [query(value("q"))] : [];
}

/** `patch/12/`, `api/1.3/covers/12/`, `project/NAME/series/12/`, `project/NAME/patch/ID/`. */
function readRoute(parts) {
  for (const [n, name] of [...parts.slice(0, -1).entries()].reverse()) {
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : name;
    const inProject = n > 1 && parts[n - 2] === "project";
    if (["patch", "cover", "comment", "series"].includes(kind) && isNumber(parts[n + 1])) {
      if (n < 2 || inProject || parts.slice(0, n).includes("api")) return readId(parts[n + 1], kind);
    } else if (["patch", "cover"].includes(name) && inProject) {
      const rest = parts.slice(n + 1);
      while (rest.length > 1 && BELOW.test(rest.at(-1))) rest.pop();
      return readMessageId(rest.join("/"));
    }
  }
  return [];
}

/** `all/ID/T/`, `r/ID`: the part with an @ in it; slashes of an id may stand there as they are. */
function readMessage(parts) {
  const n = parts.findIndex((part) => strip(decode(part), "@").includes("@"));
  if (n < 0) return [];
  const whole = n > 1 ? readMessageId(parts.slice(1, n + 1).join("/")).slice(0, 1) : [];
  return distinct([...readMessageId(parts[n]), ...whole]);
}

/** `commit/ID`, `c/ID`: the last part that looks like one, after such a folder. */
function readCommit(parts) {
  const bare = (n) => parts[n].replace(/\.(?:patch|diff)$/, "");
  for (let n = parts.length - 1; n > 0; n--) {
    const isBelow = ["commit", "commits", "c", "ci", "rev", "changeset"].includes(parts[n - 1]);
    if (isBelow && IS_HEX.test(bare(n))) return commit(bare(n));
  }
  return [];
}

/** A project's list, with the words that it was asked for. */
function readList(parts, parameters) {
  const at = parts.slice(0, -1).indexOf("project");
  if (at < 0) return [];
  const [name, ...below] = parts.slice(at + 1);
  if (!["", "list", "series"].includes(below.join("/"))) return [];
  const asked = split(parameters.get("q") ?? "").map((word) => phrase(word, "s:").text);
  for (const [parameter, field] of [["state", "state:"], ["submitter", "f:"], ["delegate", "delegate:"]]) {
    const value = parameters.get(parameter) ?? "";
    if (value && value !== "*" && !isNumber(value)) asked.push(phrase(value, field).text);
  }
  return [query([phrase(decode(name), "project:").text, ...asked].join(" "))];
}

/**
 * What a page of a repository's browser is about: a file, a commit, a name. GitHub, GitLab and Gitea have a branch before
 * the path, cgit and Elixir none, gitweb `HEAD:` or `f=`.
 */
function readSource(host, place, parameters) {
  const parts = place.split("/").filter(Boolean).map(decode).slice(0, MOST_PARTS);
  if (parameters.get("f")) return [path(parameters.get("f"))];
  if (host.startsWith("raw.") && parts.length > 3) return [path(parts.slice(3).join("/"))];
  for (const [n, name] of parts.slice(0, -1).entries()) {
    let below = parts.slice(n + 1);
    if (name === "ident") return [phrase(below[0])];
    if (name === "+" && IS_HEX.test(below[0]) && below.length === 1) return commit(below[0]);
    if (name === "+" && below[0] === "refs" && below[1] === "heads") below = below.slice(2);
    const isPlain = ["plain", "log", "source"].includes(name);
    if (!isPlain && !(BROWSED.includes(name) && n)) continue;
    const hasBranch = !(isPlain || parts.slice(0, n).some((one) => one.endsWith(".git"))) || below[0].endsWith(":");
    const rest = hasBranch ? below.slice(1) : below;
    return rest.length ? [path(rest.join("/"))] : [];
  }
  return [];
}
