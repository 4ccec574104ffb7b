// The search page: runs the search whenever the query changes, and shows what it finds.

import { BUDGET, search } from "./engine.js";
import { QueryError } from "./errors.js";
import { clearFault, reportFault } from "./faults.js";
import { Index, IndexError } from "./index_reader.js";
import { clearWithEscape, walkWithArrows } from "./keyboard.js";
import { note } from "./messages.js";
import { clearCounts, clearSuggestions, expectAdvice, offerAdvice, offerCounts, offerSuggestions } from "./offers.js";
import { hasOpened, namedHits, namedPage, openPage, withNamedFirst } from "./opening.js";
import { insertPasted } from "./pasting.js";
import { prepare, read } from "./plain.js";
import {
  field, filters, form, isUnfiltered, namedQuery, readUrl, showFilterCount, wantFirstResults, wantMoreResults, wantedResults,
  wholeQuery, writeUrl,
} from "./query_form.js";
import { wantedWords } from "./query_nodes.js";
import { links, showHits, soon } from "./results.js";
import { countedFetch, isLoading, sendsParts, show, showError, showSearching, showTotal } from "./status.js";
import { asTyped } from "./typing.js";

const DELAY = 200; // milliseconds after the last key
const FOR_TITLES = 4; // so many times more may be read for a title, of which little is wanted, but maybe from long ago
const FEW_GROUPS = 3; // results in fewer groups than this don't fill a screen

const main = document.querySelector("main");
const { root } = main.dataset, hasApi = "api" in main.dataset;
const results = document.querySelector("#results");
const more = document.querySelector("#more");

let index; // a promise, once it is needed
let running; // the AbortController of the search under way
let budget = BUDGET; // how much may be read for one answer

function open(reload = false) {
  index = Index.open(`${root}search/`, countedFetch, reload);
  index.catch(() => (index = undefined));
  return index;
}

/**
 * Search. `isTyped`: the query is still being typed; `mayOpen`: the reader asked for it, so that a page that it names is
 * opened.
 */
async function run({ isTyped = false, mayOpen = false } = {}) {
  running?.abort();
  const { signal } = (running = new AbortController());
  clearFault();
  showFilterCount();
  await prepare(field.value);
  if (isTyped) await prepare(asTyped(field.value) ?? "");
  if (signal.aborted) return;
  let node = readQuery(isTyped);
  if (!node) return;
  showSearching(signal);
  for (let attempt = 0; ; attempt++) {
    try {
      await answer(await (index ?? open()), node, signal, mayOpen);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (isTyped && error instanceof QueryError) { // the last word stands for too much as a beginning
        isTyped = false;
        node = readQuery();
        if (node) continue;
        return;
      }
      if (!(error instanceof IndexError && error.stale && attempt === 0)) {
        clear();
        showError(error, () => run());
        return;
      }
      open(true); // the archive was built anew since this page was opened
    }
  }
}

/** The query as a node; null when there is none, or a faulty one, which is then shown. */
function readQuery(isTyped = false) {
  let node;
  try {
    node = wholeQuery(isTyped);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    clear();
    show("error", error.message);
    return null;
  }
  if (!node) {
    clear();
    show("idle");
  }
  return node;
}

/** Search, and show the results, or open the one page that is named. */
async function answer(opened, node, signal, mayOpen) {
  expectAdvice(opened);
  const readings = read(field.value);
  const named = await namedHits(opened, namedQuery(), signal);
  const page = mayOpen && isUnfiltered() ? await namedPage(readings, named, root).catch(reportNoPage) : null;
  if (signal.aborted) return;
  if (page) {
    openPage(page);
    return;
  }
  const order = filters.order.value;
  const view = { words: wantedWords(node), signal, root, hasApi, sendsParts, grouped: !filters.group.value };
  const limit = wantedResults();
  const early = soon((hits) => isLoading() && showHits(withNamedFirst(named, hits, limit), view), signal);
  const isTitle = readings.some((reading) => reading.field === "s");
  const outcome = await search(opened, node, { limit, order, budget: isTitle ? FOR_TITLES * budget : budget, signal, early });
  if (signal.aborted) return;
  outcome.hits = withNamedFirst(named, outcome.hits, limit);
  const groups = list(outcome, limit, view);
  show("done", note(outcome, order));
  if (outcome.total) offerCounts(opened, node, signal);
  else clearCounts();
  offerAdvice(opened, outcome, signal, () => changed(true));
  if (groups >= FEW_GROUPS || outcome.hits.length < limit) return;
  // A series or two take all the places: show some more patches, as far as what was loaded has them.
  const { hits } = await search(opened, node, { limit: 2 * limit, order, budget: 0, signal });
  if (!signal.aborted && hits.length > limit) list({ ...outcome, hits: withNamedFirst(named, hits, 2 * limit) }, limit, view);
}

function reportNoPage(error) {
  reportFault("the page of this number", error);
}

/** Show what a search found, which wanted so many hits; returns how many groups they are. */
function list({ hits, total, exact, further }, limit, view) {
  showTotal(`${exact ? "" : "about "}${total.toLocaleString("en")} ${total === 1 ? "result" : "results"}`);
  const groups = showHits(hits, view);
  // By relevance, what was not looked at may well be better than all that is shown.
  const missing = further && (hits.length < limit || filters.order.value === "relevance");
  more.hidden = !missing && (hits.length >= total || hits.length < limit);
  more.textContent = missing ? "Look further back" : "Show more";
  more.dataset.missing = missing ? "yes" : "";
  return groups;
}

function clear() {
  showTotal("");
  results.replaceChildren();
  more.hidden = true;
  clearCounts();
}

function changed(push, how) {
  wantFirstResults();
  budget = BUDGET;
  writeUrl(push);
  run(how);
}

function suggest() {
  offerSuggestions(index ?? open(), () => {
    changed(false);
    suggest();
  });
}

let timer;
field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    changed(false, { isTyped: true });
    suggest();
  }, DELAY);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  clearSuggestions();
  changed(true, { mayOpen: true });
});
field.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain").trim() ?? "";
  if (!/[\r\n]/.test(text)) return;
  event.preventDefault();
  insertPasted(field, text);
});
form.addEventListener("change", (event) => {
  if (event.target !== field) changed(true);
});
more.addEventListener("click", () => {
  const from = results.children.length;
  if (more.dataset.missing) budget *= 4;
  else wantMoreResults(from);
  writeUrl(false);
  run().then(() => (results.children[from]?.querySelector("a") ?? more).focus());
});
// Links to searches (of the counts, of the help) need no new page.
main.addEventListener("click", (event) => {
  const link = event.target.closest("#counts a, #help a");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  follow();
  field.focus();
});
addEventListener("popstate", follow);

/** Search for what the URL says. */
function follow() {
  readUrl();
  budget = BUDGET;
  clearSuggestions();
  run();
}

walkWithArrows(() => [field, ...links(), ...(more.hidden ? [] : [more])]);
clearWithEscape(() => {
  field.focus();
  if (clearSuggestions() || !field.value) return;
  field.value = "";
  changed(false);
});

document.querySelector("#needs-script")?.remove();
// Whoever comes back to a query that opened a page wants to see its results.
addEventListener("pageshow", (event) => event.persisted && run());
readUrl();
run({ mayOpen: !hasOpened() });
(index ?? open()).catch(() => {}); // an error shows with the next search
