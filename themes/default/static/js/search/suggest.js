// What may be meant by the word that is being typed: fields, values of fields, people, paths, words.

import { FIXED_VALUES, SUGGESTIONS } from "./fields.js";
import { fold, words } from "./tokenizer.js";

const MOST = 6;
const DATES = ["yesterday..", "last.week..", "last.month..", "2.weeks.ago..", `${new Date().getUTCFullYear()}`];
const MIN_LETTERS = 3; // of a word that is looked up in the index

/** Show as buttons in `box` how the query in `field` may go on; `chosen` is called when it did. */
export async function offer(index, field, box, chosen) {
  const query = field.value;
  const atEnd = query.trim() && field.selectionEnd === query.length;
  const offers = atEnd ? await suggest(index, query) : [];
  if (field.value !== query) return; // something else was typed meanwhile
  box.replaceChildren(...offers.map(({ query: longer, shown, note }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(shown);
    if (note) button.append(" ", Object.assign(document.createElement("small"), { textContent: note }));
    button.addEventListener("click", () => {
      field.value = longer;
      field.focus();
      chosen();
    });
    return button;
  }));
}

/** Ways to go on with a query: [{ query, shown, note }], the likeliest first. */
export async function suggest(index, query) {
  const quoted = /(^|[\s(-])(f:)"([^"]*)$/.exec(query);
  const plain = /(^|[\s(-])([a-z]+:)?([^\s"():]*)$/.exec(query);
  const match = quoted ?? plain;
  if (!match) return [];
  const before = query.slice(0, match.index) + match[1];
  const field = match[2] ?? "";
  const typed = match[3].toLowerCase();
  const offers = await meanings(index, field, typed);
  return offers.slice(0, MOST).map(([shown, note]) => ({ query: before + shown + (shown.endsWith(":") ? "" : " "), shown, note }));
}

async function meanings(index, field, typed) {
  const values = valuesOf(index, field);
  const fits = (value) => value.toLowerCase()[field === "release:" ? "includes" : "startsWith"](typed);
  if (values) return values.filter((value) => fits(value) && value !== typed).map((value) => [field + value, ""]);
  if (field === "f:") return typed.length < 2 ? [] : people(index, typed);
  if (field && field !== "dfn:") return [];
  const fields = field || !typed ? [] : fieldsLike(typed);
  if (typed.length < MIN_LETTERS) return fields;
  const isPath = field === "dfn:" || typed.includes("/");
  const terms = await beginning(index, fold(typed).toLowerCase());
  const others = terms.filter(([term]) => term !== typed && !term.includes(":") && term.includes("/") === isPath);
  return [...fields, ...others.map(([term, count]) => [field + term, patches(count)])];
}

function valuesOf(index, field) {
  const name = field.slice(0, -1);
  const values = {
    ...FIXED_VALUES, state: index.states, project: index.projects.map(({ slug }) => slug), delegate: index.delegates,
    release: index.releases, landed: DATES, d: DATES,
  };
  return Object.hasOwn(values, name) ? values[name] : null; // "constructor:" is no field
}

function fieldsLike(typed) {
  const telling = (help) => help.split(" ").filter((word) => word.length > 3);
  return SUGGESTIONS
    .filter(([name, help, related]) => [name, ...telling(help), ...related.split(" ")].some((word) => word.startsWith(typed)))
    .map(([name, help]) => [name, help]);
}

/** People by the beginning of a name; an address that says the same as a name is left out. */
async function people(index, typed) {
  const start = words(typed).join(" ");
  const terms = (await beginning(index, `f:${start}`)).map(([term, count]) => [term.slice(2), count]);
  const shorter = ([term, count]) => !terms.some(([other, same]) => other !== term && term.startsWith(`${other} `) && same >= count);
  return terms.filter(shorter).map(([name, count]) => [`f:"${name}"`, patches(count)]);
}

/** Terms that begin so, with how many patches have them, from one piece of each segment's directory. */
async function beginning(index, start) {
  await Promise.all(index.segments.map((segment) => segment.fetchPostings("term", start)));
  const counts = new Map();
  for (const segment of index.segments) {
    for (const [term, count] of segment.around(start)) {
      if (term.startsWith(start)) counts.set(term, (counts.get(term) ?? 0) + count);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

const patches = (count) => `${count.toLocaleString("en")} patch${count === 1 ? "" : "es"}`;
