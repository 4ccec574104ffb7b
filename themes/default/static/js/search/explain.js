// Why a query finds what it finds, or nothing, and what to ask instead, as generator/search/explain.py says it:
// [{ reason, query }], where `query` is what to try instead, or empty.

import { nearest, nearestField } from "./advice.js";
import { QueryError } from "./errors.js";
import { atMost, fetchTerms } from "./evaluator.js";
import { FOREIGN_FIELDS, STEM, TEXT_FIELDS } from "./fields.js";
import { read } from "./pasted.js";
import { parseQuery } from "./query_parser.js";
import { tokens } from "./query_tokens.js";
import { split, unquoted } from "./reading.js";
import { words } from "./tokenizer.js";

const MOST_ADVICE = 5;
const MOST_WORDS = 12; // of a title that are offered instead of the title
const MOST_VALUES = 12;
const ERRNO = /^E[A-Z0-9]{2,}\b/;
// What other search engines have, and what to write here; nothing: leave it out.
const OPERATORS = new Map(Object.entries({
  and: "AND", or: "OR", not: "NOT", "&&": "AND", "||": "OR", "&": "AND", "|": "OR", XOR: "OR", NEAR: "", ADJ: "",
}));
const NAMED = {
  m: "mail with the message id", id: "patch with the number", commit: "patch that is commit",
  series: "series with the number", cover: "cover letter with the number", comment: "comment with the number",
};
const advice = (reason, query = "") => ({ reason, query });
const ALL_WORDS = advice("A patch must have all words; word* finds words that begin with it.");

/** What there is to say about a valid query that found so many patches. */
export const explain = async (index, text, total) => (total ? remarks(index, text) : explainNothing(index, text));

/** What may not mean what was intended, whatever it finds: no file of the index is read. */
function remarks(index, text) {
  const query = queryOf(text), some = tokens(query);
  return [...excluded(query, some), ...unknownValues(index, query, some), ...unknownFields(query, some, true)].slice(0, MOST_ADVICE);
}

/** Why a query finds nothing. */
async function explainNothing(index, text) {
  const readings = read(text);
  if (readings[0].field) return readings.filter(({ field }) => field).map(notThere).slice(0, MOST_ADVICE);
  const query = queryOf(text), some = tokens(query);
  let found = [...excluded(query, some), ...unknownValues(index, query, some), ...unknownFields(query, some, false),
    ...operators(query, some), ...wildcards(query, some)];
  if (!found.length) found = await missingWords(index, query, some);
  if (!found.length) found = phrases(query, some);
  return (found.length ? found : [notTogether(query, some)]).slice(0, MOST_ADVICE);
}

/** The query that a text is, or is read as; empty if it names something. */
const queryOf = (text) => split(read(text).find(({ field }) => !field)?.text ?? "").join(" ");

/** Nothing is what a pasted text names. */
function notThere({ field, text }) {
  if (field === "s") {
    const title = words(text).slice(0, MOST_WORDS);
    return advice("No patch has this subject.", title.length > 1 ? title.join(" ") : "");
  }
  if (field === "dfn") {
    const slash = text.lastIndexOf("/"), name = text.slice(slash + 1);
    return advice(`No patch changes ${text}.`, slash > 0 && name ? `dfn:"${unquoted(name)}"` : "");
  }
  return advice(`The archive has no ${NAMED[field]} ${text}.`);
}

/** `-EINVAL`: an error's number, or what stands at the beginning, may not be meant to be left out. */
function excluded(query, some) {
  return some.filter(({ isExcluded, field, name, isPhrase, value }, n) =>
    isExcluded && !field && !name && !isPhrase && (ERRNO.test(value) || (n === 0 && !value.startsWith("-"))),
  ).map((token) => advice(`-${token.value} leaves out patches that have ${token.value}. In quotes it is looked for.`,
    token.replaced(query, `"-${token.value}"`)));
}

/** A state, project or delegate that no patch has. */
function unknownValues(index, query, some) {
  const known = new Map(Object.entries({
    state: index.states, project: index.projects.map(({ slug }) => slug), delegate: ["nobody", ...index.delegates],
  }));
  const found = [];
  for (const token of some.filter(({ field }) => known.has(field))) {
    const value = token.value.toLowerCase().trim();
    const wanted = token.field === "state" ? value.replaceAll(" ", "-") : value;
    const values = known.get(token.field);
    const others = token.field === "project" ? index.projects.flatMap(({ link, name }) => [link, name]) : [];
    if ([...values, ...others].some((name) => String(name).toLowerCase() === wanted)) continue;
    const other = nearest(wanted, values);
    found.push(advice(`No patch has the ${token.field} ${token.value}. There are: ${listed(values)}.`,
      other ? token.replaced(query, `${token.field}:${quoted(other)}`) : ""));
  }
  return found;
}

function listed(values) {
  const rest = values.length - MOST_VALUES;
  return values.slice(0, MOST_VALUES).join(", ") + (rest > 0 ? ` and ${rest} others` : "");
}

const quoted = (value) => (/[ ()"]/.test(value) ? `"${unquoted(value)}"` : value);

/** Something before a colon that is no field; `onlyNear`: where it is likely that one was meant. */
function unknownFields(query, some, onlyNear) {
  const found = [];
  for (const token of some) {
    const { name } = token;
    if (!name) continue;
    const value = token.isPhrase ? `"${token.value}"` : token.value;
    const other = nearestField(name);
    if (!other && onlyNear && !FOREIGN_FIELDS.includes(name)) continue;
    const says = other ? `${other}: may be meant.` : "It was looked for as a word.";
    const instead = other ? `${other}:${value}` : FOREIGN_FIELDS.includes(name) ? value : `${name} ${value}`;
    found.push(advice(`There is no field ${name}: here. ${says}`, token.replaced(query, instead)));
  }
  return found;
}

function operators(query, some) {
  const found = [];
  for (const token of some.slice(1, -1)) {
    const { value } = token;
    const word = (/[A-Z]/.test(value) && !/[a-z]/.test(value)) ? value.split("/")[0] : value; // NEAR/3
    if (!token.isPlain || !OPERATORS.has(word)) continue;
    const other = OPERATORS.get(word);
    const says = other ? `${other} in capitals is one` : "all words must be there anyway";
    found.push(advice(`${value} is no operator here; ${says}.`, token.replaced(query, other)));
  }
  return found;
}

function wildcards(query, some) {
  return some.filter(({ isPhrase, value }) => !isPhrase && /[*?][A-Za-z0-9_]/.test(value)).map((token) => {
    const [start, ...rest] = words(token.value);
    const isBeginning = !"*?".includes(token.value[0]) && start.length > 1;
    return advice("* stands for any letters at the end of a word only.",
      token.replaced(query, token.withField(isBeginning ? `${start}*` : [start, ...rest].join(" "))));
  });
}

/** Words that no patch has, with the nearest one that some have. */
async function missingWords(index, query, some) {
  const found = [];
  for (const token of some) {
    const node = token.isExcluded || token.isOperator ? null : parsed(token.text);
    if (!node || (await most(index, node))) continue;
    const other = similar(index, token);
    if (other) {
      found.push(advice(`No patch has ${token.value}. ${other} may be meant.`, token.replaced(query, token.withField(other))));
      continue;
    }
    const missing = [];
    for (const word of words(token.value)) if (!(await most(index, ["term", word, 0]))) missing.push(word);
    const rest = token.leftOut(query);
    found.push(advice(`No patch has ${missing.slice(0, MOST_WORDS).join(", ") || token.value}.`, parsed(rest) ? rest : ""));
  }
  return found;
}

/** How many patches a node can find, as far as the counts of its words say; Infinity where they say nothing. */
async function most(index, node) {
  try {
    await fetchTerms(index, node);
  } catch (error) {
    if (error instanceof QueryError) return Infinity; // too many words begin so
    throw error;
  }
  return atMost(index, node);
}

/** The most frequent word that is written nearly as one that no patch has, or null. */
function similar(index, token) {
  const several = words(token.value);
  if (token.isPhrase || several.length !== 1 || several[0] !== token.value.toLowerCase()) return null;
  const counts = new Map();
  for (const segment of index.segments) {
    for (const [term, count] of segment.around(several[0])) {
      if (!term.endsWith("/") && !term.endsWith(STEM)) counts.set(term, (counts.get(term) ?? 0) + count);
    }
  }
  return nearest(several[0], [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([term]) => term));
}

/** Words that are there, but not one after the other; changed lines are asked by fields of their own. */
function phrases(query, some) {
  const found = [];
  for (const token of some) {
    const several = words(token.value).slice(0, MOST_WORDS);
    const isText = !token.field || Object.hasOwn(TEXT_FIELDS, token.field);
    if (token.isExcluded || several.length < 2 || !isText) continue;
    if (token.isPhrase && ["", "b", "nq", "bs"].includes(token.field)) {
      found.push(advice("No message has this phrase. Changed lines are looked through with dfb: and dfa:.",
        token.replaced(query, `dfb:"${token.value}"`)));
    }
    if (!["f", "dfn"].includes(token.field)) {
      found.push(advice(`${token.value} stands nowhere as it is. Its words may.`,
        token.replaced(query, several.map((word) => token.withField(word)).join(" "))));
    }
  }
  return found;
}

function notTogether(query, some) {
  const wanted = some.filter(({ isExcluded, isOperator }) => !isExcluded && !isOperator).map(({ text }) => text);
  if (wanted.length < 2) return ALL_WORDS;
  const isPlain = wanted.length === some.length && !query.includes("(");
  return advice("Each of these is found, but no patch has all of them.", isPlain ? wanted.join(" OR ") : "");
}

function parsed(text) {
  try {
    return parseQuery(text);
  } catch (error) {
    if (error instanceof QueryError) return null;
    throw error;
  }
}
