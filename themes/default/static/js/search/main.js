// The search page: runs the search whenever the query changes, and shows what it finds.

import { BUDGET, search } from "./engine.js";
import { QueryError } from "./errors.js";
import { clearFault } from "./faults.js";
import { Index, IndexError } from "./index_reader.js";
import { walkWithArrows } from "./keyboard.js";
import { note } from "./messages.js";
import { clearCounts, clearSuggestions, offerCounts, offerSimilarWords, offerSuggestions } from "./offers.js";
import { field, filters, form, readUrl, wantFirstResults, wantMoreResults, wantedResults, wholeQuery, writeUrl } from "./query_form.js";
import { wantedWords } from "./query_nodes.js";
import { showHits, soon } from "./results.js";
import { countedFetch, isLoading, show, showError, showSearching, showTotal } from "./status.js";

const DELAY = 200; // milliseconds after the last key

const { root } = document.querySelector("main").dataset;
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

async function run() {
  running?.abort();
  const { signal } = (running = new AbortController());
  clearFault();
  const node = readQuery();
  if (!node) return;
  showSearching(signal);
  for (let attempt = 0; ; attempt++) {
    try {
      await answer(await (index ?? open()), node, signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof IndexError && error.stale && attempt === 0)) {
        clear();
        showError(error, run);
        return;
      }
      open(true); // the archive was built anew since this page was opened
    }
  }
}

/** The query as a node; null when there is none, or a faulty one, which is then shown. */
function readQuery() {
  let node;
  try {
    node = wholeQuery();
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

/** Search, and show the results. */
async function answer(opened, node, signal) {
  const order = filters.order.value;
  const words = wantedWords(node);
  const early = soon((hits) => isLoading() && showHits(hits, words, signal, root), signal);
  const outcome = await search(opened, node, { limit: wantedResults(), order, budget, signal, early });
  if (signal.aborted) return;
  list(outcome, words, signal);
  show("done", note(outcome, order));
  if (outcome.total) offerCounts(opened, node, signal, () => changed(true));
  else {
    clearCounts();
    offerSimilarWords(opened, node, signal, () => changed(true));
  }
}

function list({ hits, total, exact, further }, words, signal) {
  showTotal(`${exact ? "" : "about "}${total.toLocaleString("en")} ${total === 1 ? "patch" : "patches"}`);
  showHits(hits, words, signal, root);
  const limit = wantedResults();
  // By relevance, what was not looked at may well be better than all that is shown.
  const missing = further && (hits.length < limit || filters.order.value === "relevance");
  more.hidden = !missing && (hits.length >= total || hits.length < limit);
  more.textContent = missing ? "Look further back" : "Show more";
  more.dataset.missing = missing ? "yes" : "";
}

function clear() {
  showTotal("");
  results.replaceChildren();
  more.hidden = true;
  clearCounts();
}

function changed(push) {
  wantFirstResults();
  budget = BUDGET;
  writeUrl(push);
  run();
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
    changed(false);
    suggest();
  }, DELAY);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  clearSuggestions();
  changed(true);
});
form.addEventListener("change", (event) => {
  if (event.target !== field) changed(true);
});
more.addEventListener("click", () => {
  const from = results.children.length;
  if (more.dataset.missing) budget *= 4;
  else wantMoreResults();
  writeUrl(false);
  run().then(() => (results.children[from]?.querySelector("a") ?? more).focus());
});
addEventListener("popstate", () => {
  readUrl();
  run();
});
walkWithArrows(() => [field, ...results.querySelectorAll("li > a"), ...(more.hidden ? [] : [more])]);

document.querySelector("#needs-script").remove();
readUrl();
run();
open().catch(() => {}); // an error shows with the next search
