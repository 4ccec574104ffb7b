// What in a query may not mean what was intended, as generator/search/remarks.py says it: [{ reason, query }]. No file of
// the index is read for it.

import { canonical, nearest, nearestField } from "./advice.js";
import { QueryError } from "./errors.js";
import { ELSEWHERE, FIXED_VALUES, FOREIGN_FIELDS, VALUE_SYNONYMS } from "./fields.js";
import { NO_RELEASE, NO_REPOSITORY, asksWhatLanded, isRelease } from "./outcomes.js";
import { parseQuery } from "./query_parser.js";
import { split, strip, unquoted } from "./reading.js";
import { words } from "./tokenizer.js";

const MOST_VALUES = 12;
const AS_WORD = "It was looked for as a word.";
const MOST_TYPED = 6; // a query of more words is rather a text, in which "or" and "not" are words
const NUMBER = /^(?:E[A-Z0-9]{2,}|[0-9]+)\b/; // of errors, and others
// What other search engines have, and what to write here; nothing: leave it out.
const OPERATORS = new Map(Object.entries({
  and: "AND", or: "OR", not: "NOT", "&&": "AND", "||": "OR", "&": "AND", "|": "OR", XOR: "OR", NEAR: "", ADJ: "", AROUND: "",
}));
const CODE = /[(){};=]/; // what no query has but code
// Options of `git log` that ask for what a field asks for.
const OPTION = /^-{1,2}(author|since|after|until|before|grep|committer)=(.+)$/;
// Fields that people write with a blank; a word with a colon may as well begin a subject: `net: fix`.
const ASKED = "s f t c b d dfn dfa dfb dfhh m state project delegate".split(" ");

export const advice = (reason, query = "") => ({ reason, query });

/** All remarks on a query and its tokens; `found`: whether it finds something. */
export const remarks = (index, query, some, found) => [
  ...excluded(query, some), ...unknownValues(index, query, some), ...withoutRepository(index, some, found),
  ...unknownFields(query, some, found),
  ...misplacedFields(query, some), ...operators(query, some, found), ...wildcards(query, some, found),
];

/** `-EINVAL`: an error's number, or what stands at the beginning, may not be meant to be left out. */
function excluded(query, some) {
  return some.filter(({ isExcluded, field, name, isPhrase, value }, n) =>
    isExcluded && !field && !name && !isPhrase && !value.startsWith("{")
    && (NUMBER.test(value) || (n === 0 && !value.startsWith("-"))),
  ).map((token) => advice(`-${token.value} leaves out patches that have ${token.value}. In quotes it is looked for.`,
    token.replaced(query, `"-${token.value}"`)));
}

/** A state, project or delegate that no patch has. */
function unknownValues(index, query, some) {
  const states = index.states.map(String);
  return some.flatMap((token) => {
    const value = token.value.toLowerCase().trim();
    if (token.field === "project") {
      const slugs = index.projects.map(({ slug }) => slug);
      if (index.projects.some(({ names }) => names.includes(strip(value, "<>")))) return [];
      const [start] = strip(value, "<>").split(/[.@]/); // of a list's id or address
      return [noSuch(query, token, slugs.includes(start) ? start : nearest(value, slugs), slugs)];
    }
    if (token.field === "delegate") {
      const known = ["nobody", ...index.delegates.map(String)];
      return missing(value, known.map((name) => name.toLowerCase()), VALUE_SYNONYMS.delegate)
        .map((name) => noSuch(query, token, nearestIn(value, name, known), known));
    }
    if (token.field === "release" && index.releases.length) {
      return missing(value, [NO_RELEASE], VALUE_SYNONYMS.release)
        .filter((name) => !index.releases.some((release) => isRelease(release, name)))
        .map((name) => noSuch(query, token, nearestIn(value, name, index.releases), index.releases));
    }
    return ["state", "status", "is"].includes(token.field) ? unknownStates(query, token, value.replaceAll(" ", "-"), states) : [];
  });
}

/** What landed is asked of projects of which no repository was read. */
export function withoutRepository(index, some, found) {
  const asked = some.filter(({ field }) => field).map(({ text }) => parsed(text));
  if (!asked.some((node) => node && asksWhatLanded(node, found))) return [];
  if (!index.knowsCommits) return [advice(NO_REPOSITORY)];
  const named = some.filter(({ field }) => field === "project").map(({ value }) => strip(value.toLowerCase(), "<> "));
  return index.projects.filter(({ id, names }) => !index.repositories.includes(id) && named.some((name) => names.includes(name)))
    .map(({ slug }) => advice(`No git repository is known for ${slug}, so nothing says what landed.`));
}

function unknownStates(query, token, value, states) {
  const known = states.map((state) => state.toLowerCase());
  const { field } = token, tags = field === "is" ? FIXED_VALUES.tag : [];
  if (field !== "state") {
    const conditions = [...FIXED_VALUES[field], ...tags];
    const every = [...known, ...conditions, ...tags.map((tag) => `${tag}-by`)];
    return missing(value, every, VALUE_SYNONYMS[field]).map((name) => {
      const other = nearest(name, [...conditions, ...states]);
      return advice(`${field}: takes ${conditions.join(", ")} or a state (${listed(states)}), not ${name}.`,
        other ? token.replaced(query, `${field}:${other}`) : "");
    });
  }
  return missing(value, known).map((name) => (FIXED_VALUES.is.includes(name)
    ? advice(`No patch has the state ${token.value}. There are: ${listed(states)}.`, token.replaced(query, `is:${name}`))
    : noSuch(query, token, nearestIn(value, name, states), states)));
}

/** Those of the values, between commas, that are none. */
function missing(value, known, synonyms = {}) {
  const parts = value.split(/[,|]/).map((part) => part.trim()).filter(Boolean);
  return (parts.length ? parts : [value]).filter((part) => !known.includes(Object.hasOwn(synonyms, part) ? synonyms[part] : part));
}

/** Values with the nearest one that exists in place of one of them, or null. */
function nearestIn(values, name, known) {
  const other = nearest(name, known);
  return other && values.replaceAll(name, () => other);
}

const noSuch = (query, token, other, values) =>
  advice(`No patch has the ${token.field} ${token.value}. There are: ${listed(values)}.`,
    other ? token.replaced(query, `${token.field}:${quoted(other)}`) : "");

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
    const option = OPTION.exec(`${token.isExcluded ? "-" : ""}${token.value}`);
    if (option) found.push(otherField(query, token, `--${option[1]}=`, canonical(ELSEWHERE[option[1]] ?? option[1]), option[2]));
    if (!name) continue;
    const value = token.isPhrase ? `"${token.value}"` : token.value;
    const other = nearestField(name);
    if (other) {
      found.push(otherField(query, token, `${name}:`, other, value));
    } else if (Object.hasOwn(FOREIGN_FIELDS, name.toLowerCase())) {
      const foreign = FOREIGN_FIELDS[name.toLowerCase()];
      found.push(advice(`There is no field ${name}: here. ${foreign || AS_WORD}`, token.replaced(query, foreign ? "" : value)));
    } else if (!onlyNear) {
      found.push(advice(`There is no field ${name}: here. ${AS_WORD}`, token.replaced(query, `${name} ${value}`)));
    }
  }
  return found;
}

/** Another field for what has this name, if it takes the value. */
function otherField(query, token, name, field, value) {
  const reason = `There is no field ${name} here. ${field}: may be meant.`;
  const instead = token.replaced(query, `${field}:${value}`);
  try {
    parseQuery(instead);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return advice(`${reason} ${error.message}.`);
  }
  return advice(reason, instead);
}

/** `s: lock`: a field and a blank before its value. */
function misplacedFields(query, some) {
  return some.slice(0, -1).flatMap((token, n) => {
    const next = some[n + 1], name = token.value.slice(0, -1);
    if (!token.isPlain || !token.value.endsWith(":") || query[token.end] !== " ") return [];
    if (next.field || next.name || next.isExcluded || !ASKED.includes(canonical(name))) return [];
    const instead = `${query.slice(0, token.start)}${canonical(name)}:${query.slice(next.start)}`;
    return [advice(`The value of ${name}: has to follow without a blank.`, instead)];
  });
}

/** Operators of other languages. Words such as "or" are ones where few others stand by them. */
function operators(query, some, isFound) {
  const found = [];
  const typed = !isFound || some.length <= MOST_TYPED;
  some.forEach((token, n) => {
    const { value } = token;
    if (!token.isPlain) return;
    const word = /[A-Z]/.test(value) && !/[a-z]/.test(value) ? value.split("/")[0] : value; // NEAR/3
    if (OPERATORS.has(word) && n < some.length - 1 && (n || word === "not")) {
      if (/^[a-z]+$/.test(word) && !typed) return;
      const other = OPERATORS.get(word);
      const says = other ? `${other} in capitals is one` : "all words must be there anyway";
      if (some.findIndex((one) => one.value === value) < n) return;
      const instead = some.filter((one) => one.isPlain && one.value === value)
        .reduceRight((text, one) => one.replaced(text, other), query);
      found.push(advice(`${value} is no operator here; ${says}.`, instead));
    } else if (typed && /^![A-Za-z_]/.test(value) && !CODE.test(query)) {
      found.push(advice("! leaves nothing out here; - does.", token.replaced(query, `-${value.slice(1)}`)));
    }
  });
  return [...found, ...braces(query)];
}

/** `{a b}`, as Gmail and Patchew have it for OR. */
function braces(query) {
  const match = /(^|[\s-])\{([^\s{}()][^{}()]{0,200}[^\s{}()])\}(?=\s|$)/.exec(query);
  if (!match || !match[2].includes(" ")) return [];
  const [whole, before, inner] = match;
  const [start, end] = [match.index + before.length, match.index + whole.length];
  return [advice("{ } do not group words here; ( ) and OR do.", `${query.slice(0, start)}(${split(inner).join(" OR ")})${query.slice(end)}`)];
}

/** `*` and `?` elsewhere than at the end of a word; where something is found, only within one. */
function wildcards(query, some, found) {
  const pattern = found ? /[A-Za-z0-9][*?][A-Za-z0-9]/ : /[*?][^*?\s]/;
  return some.filter(({ isPhrase, value }) => !isPhrase && pattern.test(value)).map((token) =>
    advice("* stands for any letters at the end of a word only.", token.replaced(query, token.withField(withoutWildcard(token)))));
}

function withoutWildcard({ field, value }) {
  const before = value.split(/[*?]/, 1)[0];
  const folder = before.slice(0, Math.max(0, before.lastIndexOf("/")));
  if (words(folder).length && (field === "" || field === "dfn")) return `${folder}/`;
  const found = words(value);
  const [start, ...rest] = found.length ? found : [strip(value, "*?")];
  return !"*?".includes(value[0]) && start.length > 1 ? `${start}*` : [start, ...rest].join(" ");
}

/** The node of a query, null if it is none or has no word. */
export function parsed(text) {
  try {
    return parseQuery(text);
  } catch (error) {
    if (error instanceof QueryError) return null;
    throw error;
  }
}
