// The query language: text → the tree of nodes that query_nodes.js describes, as generator/search/query_parser.py does.
// pasted.js says whether a text is a query or something that was pasted.

import { canonical } from "./advice.js";
import { dateBound, dateRange, landedRange } from "./date_ranges.js";
import { QueryError } from "./errors.js";
import {
  ADDED, DATE_BOUNDS, DEFAULT, EXACT, FROM, MAX_FOLDERS, MAX_PATH, MAX_QUERY, MAX_SENDER, MIN_PREFIX, NAMES, NUMBERS, PATH, PROSE,
  REFUSED, REMOVED, STEM, SUBJECT, TEXT_FIELDS,
} from "./fields.js";
import { numberRange } from "./number_ranges.js";
import { read } from "./plain.js";
import { join } from "./query_nodes.js";
import { BEGINNINGS, beginningNode, exactNode, valueNode } from "./query_values.js";
import { HEX, isExact, reading, split, strip } from "./reading.js";
import { stem } from "./stem.js";
import { qualifiedNames, words } from "./tokenizer.js";

const IS_HEX = new RegExp(`^${HEX}$`);
// Four words or more, the first of which end with a colon; no field, phrase or operator of a query.
const TITLE = /^[^ :"()]{1,60}(?: [^ :"()]{1,60}){0,2}: (?:[^ :"]{1,99} ){2,40}[^ :"]{1,99}$/u;
const names = [...NAMES].sort((a, b) => b.length - a.length).join("|");
// Tried in this order at each place; whatever none of them takes is passed over.
const TOKENS = [
  ["not", /-(?=[^\s)])(?![A-Za-z0-9_]{1,64}[;,](?:\s|$))/y], // what ends a statement is code: `return -EINVAL;`
  ["open", /\(/y],
  ["close", /\)/y],
  ["not", /NOT(?=[\s()]|$)/y],
  ["and", /AND(?=[\s()]|$)/y],
  ["or", /OR(?=[\s()]|$)/y],
  ["field", new RegExp(`(${names}):(?=[^\\s)])`, "iy")],
  ["phrase", /"([^"]*)"/y],
  ["word", /([^\s"()]+(?:\([^\s"()]*\))?)/y],
  ["blank", /["\s]/y],
];

/** Read a query, or a pasted text, for which `prepare` of plain.js was called; throws QueryError. `d:yesterday` and its like are relative to `today`. */
export function parse(text, today = new Date()) {
  if (!text.trim()) throw new QueryError("Type a query: words, a phrase in quotes, or fields such as s: and dfn:");
  const node = join("or", read(text).map((one) => readingNode(one, today)));
  if (!node) throw new QueryError("There is no word to look for in this query");
  return node;
}

/** A query that is one: nothing that was pasted is looked for in it. Throws QueryError. */
export const parseQuery = (text, today = new Date()) => queryNode(text, today);

/** The same for a text that names one thing (a message id, a commit, a number): that thing alone, or null. */
export const parseExact = (text) => join("or", read(text).filter(isExact).map(exactNode));

/** A text that is likely to be a title as lists show it, `area: what it does`: that subject alone, or null. */
export function parseTitle(text) {
  const title = split(text).join(" "), [first, ...others] = read(text);
  const isPlain = !others.length && !first.field && first.text === title && TITLE.test(title);
  return isPlain ? inFields(title, SUBJECT, true) : null;
}

function readingNode(one, today) {
  const { field, text } = one;
  if (field === "s" || field === "dfn") return inFields(text, TEXT_FIELDS[field], true);
  return field ? exactNode(one) : queryNode(text, today);
}

function queryNode(text, today) {
  const plain = text.replace(/[“”]/g, '"').trim().replace(/\s+/g, " ");
  if (plain.length > MAX_QUERY && Array.from(plain).length > MAX_QUERY) {
    throw new QueryError(`The query is too long: at most ${MAX_QUERY.toLocaleString("en")} characters`);
  }
  return convert(group(tokenize(plain)), null, today);
}

function tokenize(text) {
  const tokens = [];
  let at = 0;
  while (at < text.length) {
    let taken = false;
    for (const [kind, pattern] of TOKENS) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (!match) continue;
      tokens.push({ kind, text: match[1] ?? match[0], original: match[0] });
      at = pattern.lastIndex;
      taken = true;
      break;
    }
    if (!taken) at += 1;
  }
  return tokens;
}

/** Nest by brackets; brackets that are never closed are as good as not there. */
function group(tokens) {
  const stack = [[]];
  for (const token of tokens) {
    if (token.kind === "open") stack.push([]);
    else if (token.kind !== "close") stack.at(-1).push(token);
    else if (stack.length > 1) {
      const nodes = stack.pop();
      stack.at(-1).push({ kind: "group", nodes });
    }
  }
  return stack.flat();
}

const isOperator = (item) => item && ["not", "and", "or"].includes(item.kind);

/** One level of brackets → a node, or null when it holds no word. */
function convert(tokens, field, today) {
  let items = dropDangling(applyFields(tokens, field));
  items = items.map((item) => (isOperator(item) ? item : { node: meaning(item, today) }));
  for (let n = items.length - 1; n >= 0; n--) {
    if (items[n].kind === "not") {
      const { node } = items[n + 1];
      items.splice(n, 2, { node: node && ["not", node] });
    }
  }
  items = infix(infix(items, "and"), "or");
  return join("and", items.map((item) => item.node));
}

/** Give each word, phrase and group the field that stands before it; a field before nothing is a word. */
function applyFields(tokens, field) {
  const items = [];
  for (let n = tokens.length - 1; n >= 0; n--) {
    let token = tokens[n];
    if (token.kind === "blank") continue;
    if (token.kind === "field") token = { kind: "word", text: token.original };
    const before = tokens[n - 1]?.kind === "field" ? tokens[--n].text : null;
    items.unshift({ ...token, field: before ?? field });
  }
  return items;
}

/** Leave out operators that have nothing to work on; NOT NOT is nothing. */
function dropDangling(items) {
  const kept = [];
  for (const item of items) {
    const last = kept.at(-1);
    if (item.kind === "group" && !hasOperand(item)) continue;
    if (item.kind === "and" || item.kind === "or") {
      if (last && !isOperator(last)) kept.push(item);
    } else if (item.kind === "not") {
      if (last?.kind === "not") kept.pop();
      else kept.push(item);
    } else kept.push(item);
  }
  while (isOperator(kept.at(-1))) kept.pop();
  return kept;
}

const hasOperand = (item) =>
  item.nodes.some((inner) =>
    inner.kind === "group" ? hasOperand(inner) : !isOperator(inner) && inner.kind !== "blank");

function infix(items, kind) {
  const joined = [];
  for (let n = 0; n < items.length; n++) {
    if (items[n].kind === kind) {
      const left = joined.pop();
      joined.push({ node: join(kind, [left.node, items[++n].node]) });
    } else joined.push(items[n]);
  }
  return joined;
}

function meaning(item, today) {
  if (item.kind === "group") return convert(item.nodes, item.field, today);
  const quoted = item.kind === "phrase";
  if (!item.field) return anywhere(item.text, quoted);
  const field = canonical(item.field);
  if (Object.hasOwn(TEXT_FIELDS, field)) return inFields(item.text, TEXT_FIELDS[field], quoted);
  if (Object.hasOwn(REFUSED, field)) throw new QueryError(`${field}: ${REFUSED[field]}`);
  const plain = item.text.trim().toLowerCase();
  if (field === "d") return dateRange(plain, today);
  if (field === "landed") return landedRange(plain, today);
  if (Object.hasOwn(DATE_BOUNDS, field)) return dateBound(DATE_BOUNDS[field], plain, today);
  if (NUMBERS.includes(field)) return numberRange(field, field === "v" ? plain.replace(/^v/, "") : plain);
  if (Object.hasOwn(BEGINNINGS, field)) return beginningNode(field, plain);
  return valueNode(field, item.text.trim());
}

// Nobody means words by it; in quotes it is also found where a message names it.
const FILE_NAME = /^[A-Za-z0-9_.+~-]*(?:\/[A-Za-z0-9_.+~-]+)+\.[A-Za-z][A-Za-z0-9]{0,9}$/;

function anywhere(text, quoted) {
  const nodes = [inFields(text, DEFAULT, quoted)];
  const bare = strip(text, "<>,;").toLowerCase();
  if (!bare.includes(" ")) {
    if (bare.includes("@")) nodes.push(exactNode(reading("m", bare)));
    if (/^[0-9]+$/.test(bare)) nodes.push(exactNode(reading("id", bare.replace(/^0+/, "") || "0")));
    if (IS_HEX.test(bare)) nodes.push(exactNode(reading("commit", bare)));
  }
  return join("or", nodes);
}

function inFields(text, fields, quoted) {
  if (!quoted && text.endsWith("*")) return prefixNode(text.replace(/(?<!\*)\*+$/, ""), fields);
  const several = words(text);
  if (!several.length) return null;
  if (several.length === 1 && /^[^\p{L}\p{N}_]*[\p{L}\p{N}_]+[^\p{L}\p{N}_]*$/u.test(text)) {
    return quoted ? ["term", several[0], fields] : inForms(several[0], fields);
  }
  if (fields === FROM && several.length > 1) {
    const name = Array.from(`f:${several.join(" ")}`).slice(0, MAX_SENDER).join("");
    return ["or", ["term", name, EXACT], ["prefix", `${name} `, EXACT]];
  }
  const nodes = [];
  // An absolute path is none of a diff: messages name it.
  if (fields & ~PATH && (quoted || !(fields & PATH) || !FILE_NAME.test(text) || /^[/~]/.test(text))) {
    nodes.push(...wordNodes(text, several, fields & ~PATH, quoted));
  }
  if (fields === PATH || (fields & PATH && /^[\p{L}\p{N}_./+~-]+$/u.test(text))) nodes.push(...pathNodes(text));
  return join("or", nodes);
}

const QUALIFIED = /^[^\p{L}\p{N}_]*[A-Za-z0-9_]+(?:(?:->|::)[A-Za-z0-9_]+)+[^\p{L}\p{N}_]*$/u;

/** Words one after the other. `a->b` and `a::b` are terms in changed lines, which have no positions. */
function wordNodes(text, several, fields, quoted) {
  const nodes = [];
  const lines = fields & (ADDED | REMOVED);
  if (lines && !quoted && QUALIFIED.test(text)) {
    nodes.push(join("and", qualifiedNames(text).map((name) => ["term", name, lines])));
    fields &= ~lines;
  }
  if (fields) nodes.push(several.length > 1 ? ["phrase", several, fields, quoted] : ["term", several[0], fields]);
  return nodes;
}

/** A word as it is and, in prose, in its other forms: as its stem alone, and where the stem stands for them. */
function inForms(word, fields) {
  const term = ["term", word, fields];
  const prose = fields & PROSE, root = stem(word);
  if (!prose || root === null) return term;
  return ["word", term, ...(root === word ? [] : [["term", root, prose]]), ["term", root + STEM, prose]];
}

/** Whole components of a path; the last one's extension may be left out. */
function pathNodes(text) {
  const bare = text.replace(/^[ <>,;:"'()]+|[ <>,;:"'()]+$/g, "").replace(/^\/+|\/+$/g, "");
  const path = Array.from(bare.toLowerCase()).slice(0, MAX_PATH).join("");
  if (!path) return [];
  const nodes = [["term", path, PATH], folderNode(`${path}/`)];
  if (!path.slice(path.lastIndexOf("/") + 1).includes(".")) nodes.push(["prefix", `${path}.`, PATH]);
  return nodes;
}

/** Everything in a folder, whose path ends with a slash. */
function folderNode(path) {
  const isTerm = path.split("/").length - 1 <= MAX_FOLDERS && Array.from(path).length <= MAX_PATH;
  return [isTerm ? "term" : "prefix", path, PATH];
}

function prefixNode(text, fields) {
  const before = words(text);
  const last = before.pop() ?? "";
  const nodes = [];
  const path = Array.from(text.replace(/^\/+/, "").toLowerCase()).slice(0, MAX_PATH).join("");
  if (fields & PATH && /[\p{L}\p{N}_][^\p{L}\p{N}_]/u.test(path) && last) {
    nodes.push(path.endsWith("/") ? folderNode(path) : ["prefix", path, PATH]);
    fields &= ~PATH;
  }
  if (!fields) return nodes[0];
  if (Array.from(last).length >= MIN_PREFIX && /[\p{L}\p{N}_]$/u.test(text)) {
    const beginning = ["prefix", last, fields];
    const whole = before.map((word) => ["term", word, fields]);
    nodes.push(whole.length ? ["and", ...whole, beginning] : beginning);
  } else if (last && !nodes.length && /[^\p{L}\p{N}_]$/u.test(text)) {
    return inFields(text, fields, false); // the beginning of nothing: `free()*`
  }
  if (!text) return null;
  if (!nodes.length) throw new QueryError(`${text}* is too short: give at least ${MIN_PREFIX} letters before the *`);
  return join("or", nodes);
}
