// What the page offers beside the results: counts by state and so on, words that may be meant, and how a query may go on.
// Each is fetched when it is needed, and may fail without harm to the results.

import { mayNeedRemark } from "./advice.js";
import { reportFault } from "./faults.js";
import { RESULT_FACETS } from "./fields.js";
import { IndexError } from "./index_reader.js";
import { field, urlWith } from "./query_form.js";
import { addToMessage } from "./status.js";

const suggestions = document.querySelector("#suggestions");
const counts = document.querySelector("#counts");
const countsOf = document.querySelector("#counts-of");
let counted; // { index, node, signal } of the results that are shown

/** Offer counts of these results, for those who open them. */
export function offerCounts(index, node, signal) {
  counted = { index, node, signal };
  counts.classList.remove("vacant");
  if (counts.open) showCounts();
}

/** Take the counts away; their place stays, so that the results don't move. */
export function clearCounts() {
  countsOf.replaceChildren();
  counts.classList.add("vacant");
  counted = null;
}

async function showCounts() {
  const { index, node, signal } = counted;
  try {
    const { countFacets, countGroup } = await import("./facets.js");
    const { facets, looked, exact, named } = await countFacets(index, node, signal);
    if (signal !== counted?.signal) return; // there is another search meanwhile
    const notice = document.createElement("p");
    notice.className = "note";
    notice.hidden = exact;
    notice.textContent = `Of the newest ${looked.toLocaleString("en")} mails.`;
    const ofSome = named === null ? "" : ` (newest ${named.toLocaleString("en")} results)`;
    const groups = RESULT_FACETS.map(([name, label]) => [name, name === "from" ? label + ofSome : label, facets[name]])
      .filter(([name, , rows]) => rows.length > (name === "project" ? 1 : 0));
    const narrowed = (name, value) => urlWith(name === "year" ? { since: String(value), until: String(value) } : { [name]: value });
    countsOf.replaceChildren(...groups.map((group) => countGroup(group, narrowed)), notice);
  } catch (error) {
    reportFault("the counts", error);
  }
}

counts.addEventListener("toggle", () => counts.open && counted && showCounts());

const loadAdvice = () => import("./explain.js");

/** Load what `offerAdvice` needs for what is searched, together with the terms. */
export function expectAdvice(index) {
  if (mayNeedRemark(field.value, index.states, index.knowsCommits)) loadAdvice().catch(() => {}); // whoever needs it gets the error
}

/** Say why these results may not be what was meant, and offer other queries; `changed` is called when one was taken. */
export async function offerAdvice(index, { total, further }, signal, changed) {
  const text = field.value.trim();
  if (!text || (!total && further) || (total && !mayNeedRemark(text, index.states, index.knowsCommits))) return;
  let advice = [];
  try {
    advice = await (await loadAdvice()).explain(index, text, total);
  } catch (error) {
    reportFault("what else to search for", error);
  }
  if (signal.aborted) return;
  for (const { reason, query } of advice) addToMessage(adviceLine(reason, query && tryButton(query, changed)));
}

function adviceLine(reason, button) {
  const line = document.createElement("span");
  line.className = "advice";
  line.append(reason, ...(button ? [" ", button] : []));
  return line;
}

function tryButton(query, changed) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = query;
  button.addEventListener("click", () => {
    field.value = query;
    field.focus();
    changed();
  });
  return button;
}

/** Offer ways to go on with the word that is being typed; `index` is a promise. */
export async function offerSuggestions(index, changed) {
  try {
    const suggest = await import("./suggest.js");
    await suggest.offer(await index, field, suggestions, changed);
  } catch (error) {
    clearSuggestions();
    if (!(error instanceof IndexError)) reportFault("suggestions", error); // of its index, the search itself tells
  }
}

/** Take the suggestions away; whether there were any. */
export function clearSuggestions() {
  const had = suggestions.hasChildNodes();
  suggestions.replaceChildren();
  return had;
}
