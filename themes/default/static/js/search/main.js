// The search page: query and filters ↔ URL, results as they are found, keyboard.

import { BUDGET, search } from "./engine.js";
import { QueryError } from "./errors.js";
import { clearFault, reportFault } from "./faults.js";
import { RESULT_FACETS } from "./fields.js";
import { Index, IndexError } from "./index_reader.js";
import { literal } from "./passage.js";
import { wantedWords } from "./query_nodes.js";
import { parse } from "./query_parser.js";
import { showHits, soon } from "./results.js";

const PAGE = 10;
const DELAY = 200; // milliseconds after the last key
const MAX_QUERY = 1000;

const main = document.querySelector("main");
const root = main.dataset.root;
const form = document.querySelector("#search");
const field = document.querySelector("#q");
const total = document.querySelector("#total");
const message = document.querySelector("#message");
const results = document.querySelector("#results");
const more = document.querySelector("#more");
const progress = document.querySelector("#progress");
const suggestions = document.querySelector("#suggestions");
const counts = document.querySelector("#counts");
const countsOf = document.querySelector("#counts-of");
const filters = Object.fromEntries(
  ["project", "state", "from", "since", "until", "order"].map((name) => [name, document.querySelector(`#filter-${name}`)]),
);

let index; // a promise, once it is needed
let countResults; // counts the results by state and so on, once there are any
let running; // the AbortController of the search under way
let limit = PAGE;
let budget = BUDGET; // how much may be read for one answer
let requested = 0, loaded = 0; // files, for the search under way

/** Fetch, and show how far the loading is, for those who wait. */
async function get(...args) {
  const search = running;
  requested += 1;
  showProgress();
  try {
    return await fetch(...args);
  } finally {
    if (search === running) loaded += 1;
    showProgress();
  }
}

function showProgress() {
  progress.textContent = main.dataset.search === "loading" && requested ? `${loaded} of ${requested} parts loaded` : "";
}

function open(reload = false) {
  index = Index.open(`${root}search/`, get, reload);
  index.catch(() => (index = undefined));
  return index;
}

/** The query with its filters as one node; null when there is none. */
function wholeQuery() {
  const nodes = [];
  const text = field.value.trim();
  if (text.length > MAX_QUERY) throw new QueryError(`This query is longer than ${MAX_QUERY} characters.`);
  if (text) nodes.push(parse(text));
  const { project, state, from, since, until } = filters;
  if (project.value) nodes.push(["value", "project", project.value.toLowerCase()]);
  if (state.value) nodes.push(["value", "state", state.value.toLowerCase()]);
  if (from.value.trim()) nodes.push(parse(`f:"${from.value.replaceAll('"', " ")}"`));
  if (since.value || until.value) nodes.push(parse(`d:${since.value}..${until.value}`));
  return nodes.length > 1 ? ["and", ...nodes] : nodes[0] ?? null;
}

function show(state, text = "") {
  main.dataset.search = state;
  message.textContent = text;
  if (state === "loading") requested = loaded = 0;
  showProgress();
}

async function run() {
  running?.abort();
  const { signal } = (running = new AbortController());
  clearFault();
  const node = readQuery();
  if (!node) return;
  show("loading", "Searching…");
  for (let attempt = 0; ; attempt++) {
    try {
      await answer(await (index ?? open()), node, signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof IndexError && error.stale && attempt === 0)) {
        showError(error);
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
  const early = soon((hits) => main.dataset.search === "loading" && showHits(hits, words, signal, root), signal);
  const outcome = await search(opened, node, { limit, order, budget, signal, early });
  if (signal.aborted) return;
  list(outcome, words, signal);
  show("done", note(outcome, order));
  countResults = async () => (await import("./facets.js")).countFacets(opened, node, signal);
  if (!outcome.total) offerSimilarWords(opened, node, signal);
  if (counts.open) showCounts();
}

function showError(error) {
  clear();
  const known = error instanceof IndexError || error instanceof QueryError;
  show("error", known ? error.message : "The search index could not be read: it may be damaged.");
  message.append(" ", again());
  if (!known) console.error(error);
}

/** A button that tries the same once more. */
function again() {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Try again";
  button.addEventListener("click", run);
  return button;
}

function note({ hits, further, looked, unsettled }, order) {
  if (!hits.length && !further) return "Nothing was found. A patch must have all words; word* finds words that begin with it.";
  if (unsettled) return "So far only the newest diffs that may have this phrase were searched.";
  const part = `the newest ${looked.toLocaleString("en")} patches were searched`;
  if (order === "relevance" && further) return `The best so far: ${part}.`;
  return further ? `So far ${part}.` : "";
}

/** Offer words like those that no patch has. */
async function offerSimilarWords(opened, node, signal) {
  let words = [];
  try {
    words = (await import("./facets.js")).similarWords(opened, node);
  } catch (error) {
    reportFault("similar words", error);
  }
  if (signal.aborted) return;
  for (const [word, other] of words) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = other;
    button.addEventListener("click", () => {
      field.value = field.value.replace(new RegExp(literal(word), "iu"), () => other);
      field.focus();
      changed(true);
    });
    message.append(" Did you mean ", button, "?");
  }
}

// ── Counts ──

async function showCounts() {
  const count = countResults;
  try {
    const { countGroup } = await import("./facets.js");
    const { facets, looked, exact } = await count();
    if (count !== countResults) return; // there is another search meanwhile
    const notice = document.createElement("p");
    notice.className = "note";
    notice.hidden = exact;
    notice.textContent = `Of the newest ${looked.toLocaleString("en")} patches.`;
    const groups = RESULT_FACETS.map(([name, label]) => [name, label, facets[name]])
      .filter(([name, , rows]) => rows.length > (name === "project" ? 1 : 0));
    countsOf.replaceChildren(...groups.map((group) => countGroup(group, narrow)), notice);
  } catch (error) {
    reportFault("the counts", error);
  }
}

/** Search again for one value of a facet. */
function narrow(name, value) {
  if (name === "year") filters.since.value = filters.until.value = value;
  else filters[name].value = value;
  changed(true);
}

/** Offer ways to go on with the word that is being typed. */
async function offerSuggestions() {
  try {
    const suggest = await import("./suggest.js");
    await suggest.offer(await (index ?? open()), field, suggestions, () => {
      changed(false);
      offerSuggestions();
    });
  } catch (error) {
    suggestions.replaceChildren();
    if (!(error instanceof IndexError)) reportFault("suggestions", error); // of its index, the search itself tells
  }
}

function clear() {
  total.textContent = "";
  results.replaceChildren();
  more.hidden = true;
  countsOf.replaceChildren();
  countResults = null;
}

function list({ hits, total: count, exact, further }, words, signal) {
  const shown = count.toLocaleString("en");
  total.textContent = `${exact ? "" : "about "}${shown} ${count === 1 ? "patch" : "patches"}`;
  showHits(hits, words, signal, root);
  // By relevance, what was not looked at may well be better than all that is shown.
  const missing = further && (hits.length < limit || filters.order.value === "relevance");
  more.hidden = !missing && (hits.length >= count || hits.length < limit);
  more.textContent = missing ? "Look further back" : "Show more";
  more.dataset.missing = missing ? "yes" : "";
  counts.hidden = !count;
}

// ── URL ──

function readUrl() {
  const query = new URLSearchParams(location.search);
  field.value = query.get("q") ?? "";
  for (const [name, input] of Object.entries(filters)) input.value = query.get(name) ?? "";
  limit = Math.min(Math.max(Number.parseInt(query.get("n") ?? PAGE, 10) || PAGE, PAGE), 1000);
}

function writeUrl(push) {
  const query = new URLSearchParams();
  if (field.value.trim()) query.set("q", field.value.trim());
  for (const [name, input] of Object.entries(filters)) if (input.value.trim()) query.set(name, input.value.trim());
  if (limit > PAGE) query.set("n", limit);
  const url = `${location.pathname}${query.size ? `?${query}` : ""}`;
  if (url === location.pathname + location.search) return;
  history[push ? "pushState" : "replaceState"](null, "", url);
}

function changed(push) {
  limit = PAGE;
  budget = BUDGET;
  writeUrl(push);
  run();
}

let timer;
field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    changed(false);
    offerSuggestions();
  }, DELAY);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  suggestions.replaceChildren();
  changed(true);
});
form.addEventListener("change", (event) => {
  if (event.target !== field) changed(true);
});
more.addEventListener("click", () => {
  const from = results.children.length;
  if (more.dataset.missing) budget *= 4;
  else limit += PAGE;
  writeUrl(false);
  run().then(() => (results.children[from]?.querySelector("a") ?? more).focus());
});
counts.addEventListener("toggle", () => counts.open && countResults && showCounts());
addEventListener("popstate", () => {
  readUrl();
  run();
});

// ── Keyboard ──

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const links = [...results.querySelectorAll("li > a")];
  const here = links.indexOf(document.activeElement);
  if (here < 0 && document.activeElement !== field) return;
  const next = here + (event.key === "ArrowDown" ? 1 : -1);
  event.preventDefault();
  if (next < 0) field.focus();
  else if (next < links.length) links[next].focus();
  else if (!more.hidden) more.focus();
});

document.querySelector("#needs-script").remove();
readUrl();
run();
open().catch(() => {}); // an error shows with the next search
