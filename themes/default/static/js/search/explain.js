// Why a query finds what it finds, or nothing, and what to ask instead, as generator/search/explain.py says it:
// [{ reason, query }], where `query` is what to try instead, or empty.

import { nearest } from "./advice.js";
import { QueryError } from "./errors.js";
import { atMost, fetchTerms } from "./evaluator.js";
import { DATE_BOUNDS, STEM, SUGGESTIONS, TEXT_FIELDS } from "./fields.js";
import { isAddress } from "./identifiers.js";
import { prepare, read } from "./plain.js";
import { tokens } from "./query_tokens.js";
import { split, unquoted } from "./reading.js";
import { advice, parsed, remarks, withoutRepository } from "./remarks.js";
import { words } from "./tokenizer.js";

const MOST_ADVICE = 5;
const MOST_WORDS = 12; // of a title that are offered instead of the title
const NAMED = {
  m: "mail with the message id", id: "patch with the number", commit: "patch that is commit",
  series: "series with the number", cover: "cover letter with the number", comment: "comment with the number",
};
const WHO = "by reviewer acked tested t c a tc tcf".split(" "); // fields that have names and addresses of people
const HELP = new Map(SUGGESTIONS.map(([name, help]) => [name.slice(0, -1), help]));
const isText = (field) => Object.hasOwn(TEXT_FIELDS, field);

/** What there is to say about a valid query that found so many patches. */
export async function explain(index, text, total) {
  await prepare(text);
  const query = queryOf(text);
  return total ? remarks(index, query, tokens(query), true).slice(0, MOST_ADVICE) : explainNothing(index, text, query);
}

/** Why a query finds nothing. */
async function explainNothing(index, text, query) {
  const readings = read(text);
  if (readings[0].field) {
    const named = readings.filter(({ field }) => field).map(notThere);
    if (readings.some(({ field }) => field === "commit")) named.push(...withoutRepository(index, tokens("commit:0000000"), false));
    return named.slice(0, MOST_ADVICE);
  }
  if (isAddress(text) && query.startsWith('"')) return [advice("No mail names this address.")];
  const some = tokens(query);
  let found = remarks(index, query, some, false);
  if (!found.length) found = await missingWords(index, query, some);
  if (!found.length) found = phrases(index, query, some);
  return (found.length ? found : [notTogether(index, query, some)]).slice(0, MOST_ADVICE);
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

/** Words that no patch has, with the nearest one that some have. */
async function missingWords(index, query, some) {
  const found = [];
  for (const token of some) {
    const node = token.isExcluded || token.isOperator ? null : parsed(token.text);
    if (node && !(await most(index, node))) found.push(await missingWord(index, query, token));
  }
  return found;
}

async function missingWord(index, query, token) {
  if (token.field && !isText(token.field)) return advice(`Nothing matches ${token.text}.`, ifAny(token.leftOut(query)));
  const other = similar(index, token);
  if (other) return advice(`No patch has ${token.value}. ${other} may be meant.`, token.replaced(query, token.withField(other)));
  const parts = await partsOf(index, token);
  if (parts) return advice(`No patch has ${token.value}. It was looked for whole.`, token.replaced(query, token.withField(`"${parts}"`)));
  const missing = [];
  for (const word of words(token.value)) if (!(await most(index, ["term", word, 0]))) missing.push(word);
  return advice(`No patch has ${missing.slice(0, MOST_WORDS).join(", ") || token.value}.`, ifAny(token.leftOut(query)));
}

/** A query, if there is one to look for. */
const ifAny = (query) => (parsed(query) ? query : "");

/** The parts of a name such as `memory_leak`, if patches have all of them. */
async function partsOf(index, token) {
  const several = words(token.value);
  const parts = several.length === 1 ? several[0].split("_").filter(Boolean) : [];
  if (parts.length < 2) return "";
  for (const part of parts) if (!(await most(index, ["term", part, 0]))) return "";
  return parts.join(" ");
}

/** How many patches a node can find, as far as the counts of its words say; Infinity where they say nothing. */
async function most(index, node) {
  try {
    return atMost(index, await fetchTerms(index, node));
  } catch (error) {
    if (error instanceof QueryError) return Infinity; // too many words begin so
    throw error;
  }
}

/** The most frequent word that is written nearly as one that no patch has, or null. */
function similar(index, token) {
  const several = words(token.value);
  if (token.isPhrase || several.length !== 1 || several[0] !== token.value.toLowerCase()) return null;
  if (/^[0-9]+$/.test(several[0])) return null; // a number that is nearly the same is another one
  const counts = new Map();
  for (const segment of index.segments) {
    for (const [term, count] of segment.around(several[0])) {
      if (!term.endsWith("/") && !term.endsWith(STEM)) counts.set(term, (counts.get(term) ?? 0) + count);
    }
  }
  return nearest(several[0], [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([term]) => term));
}

/** Words that are there, but not one after the other; changed lines are asked by fields of their own. */
function phrases(index, query, some) {
  const found = [];
  for (const token of some) {
    const several = words(token.value).slice(0, MOST_WORDS);
    if (token.isExcluded || several.length < 2 || (token.field && !isText(token.field))) continue;
    if (token.isPhrase && ["", "b", "nq", "bs"].includes(token.field)) {
      found.push(advice("No message has this phrase. Changed lines are looked through with dfb: and dfa:.",
        token.replaced(query, `dfb:"${token.value}"`)));
    }
    if (WHO.includes(token.field)) found.push(notInField(index, query, token));
    else if (!["f", "dfn"].includes(token.field)) {
      found.push(advice(`${token.value} stands nowhere as it is. Its words may.`,
        token.replaced(query, several.map((word) => token.withField(word)).join(" "))));
    }
  }
  return found;
}

/** What is there by itself, or may be elsewhere than was asked. */
function notTogether(index, query, some) {
  const wanted = some.filter(({ isExcluded, isOperator }) => !isExcluded && !isOperator);
  if (wanted.length === 1) return notInField(index, query, wanted[0]);
  const texts = wanted.filter(({ field }) => !field || isText(field));
  if (texts.length && texts.length < wanted.length) {
    const filters = wanted.filter((token) => !texts.includes(token)).map(({ text }) => text).join(", ");
    const rest = query.includes("(") ? "" : some.filter((token) => texts.includes(token)).map(({ text }) => text).join(" ");
    return advice(`No patch has all of this. Without ${filters} there may be some.`, rest);
  }
  const isPlain = wanted.length === some.length && !query.includes("(");
  return advice("Each of these is found, but no patch has all of them.", isPlain ? wanted.map(({ text }) => text).join(" OR ") : "");
}

/** One word or value, which no patch has there. */
function notInField(index, query, token) {
  if (isText(token.field)) {
    return advice(`No patch has ${token.value} there (${HELP.get(token.field)}). It may be elsewhere.`,
      token.replaced(query, token.isPhrase ? `"${token.value}"` : token.value));
  }
  const dates = index.segments.flatMap((segment) => segment.dates);
  if ((token.field === "d" || Object.hasOwn(DATE_BOUNDS, token.field)) && dates.length) {
    const [first, last] = [Math.min(...dates), Math.max(...dates)].map((date) => new Date(date * 1000).toISOString().slice(0, 10));
    return advice(`No patch is of this time. The archive has mails from ${first} to ${last}.`);
  }
  if (tokens(query).length > 1 || !token.field) return advice("A patch must have all words; word* finds words that begin with it.");
  return advice(`Nothing matches ${token.text}.`);
}
