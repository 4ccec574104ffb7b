// A list of patches, filtered in its place: the index answers, and a table of what it found stands for the list.

import { BUDGET, search } from "./engine.js";
import { QueryError } from "./errors.js";
import { Index, IndexError, pageOf } from "./index_reader.js";
import { mark } from "./marks.js";
import { wantedWords } from "./query_nodes.js";
import { prepare } from "./plain.js";
import { parse, parseQuery } from "./query_parser.js";

const PATCHES = ["value", "is", "patch"]; // lists have no cover letters and replies

const PAGE = 100;
const DELAY = 250; // milliseconds after the last key

/** Let a form filter the list below it. What it says is kept in the fragment of the URL. */
export async function filterList(form) {
  if (!filters.has(form)) filters.set(form, new Filter(form));
  await filters.get(form).ready;
}

const filters = new Map();
const isFilter = (hash) => hash.startsWith("#filter?");

class Filter {
  constructor(form) {
    Object.assign(this, { form, limit: PAGE, budget: BUDGET, inputs: [...form.elements].filter(({ name }) => name) });
    this.list = document.querySelector("#unfiltered");
    this.output = form.querySelector("output");
    this.found = document.createElement("div");
    this.found.hidden = true;
    this.list.before(this.found);
    let timer;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.changed(), DELAY);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      this.changed();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || event.target.tagName === "SELECT") return;
      event.preventDefault();
      for (const input of this.inputs) input.value = "";
      this.changed();
    });
    addEventListener("hashchange", () => this.readUrl() && this.run());
    this.ready = this.begin();
  }

  /** Filter by the URL, or by what was typed while this module was being loaded. */
  begin() {
    if (isFilter(location.hash)) return this.readUrl() && this.run();
    return this.fragment() ? this.changed() : this.open().catch((error) => this.showError(error));
  }

  /** The index, fetched once; the values of its columns are offered where they are asked for. */
  open() {
    this.index ??= Index.open(`${this.form.dataset.root}search/`).then((index) => {
      this.offer("state", index.states);
      this.offer("delegate", index.delegates);
      return index;
    });
    this.index.catch(() => (this.index = undefined));
    return this.index;
  }

  offer(name, values) {
    const options = values.map((value) => Object.assign(document.createElement("option"), { value }));
    this.form.querySelector(`#filter-${name}-values`).replaceChildren(...options);
  }

  /** Take the filter from the URL; whether it is another one. */
  readUrl() {
    const query = new URLSearchParams(isFilter(location.hash) ? location.hash.slice("#filter?".length) : "");
    const before = this.fragment();
    for (const input of this.inputs) input.value = query.get(input.name) ?? "";
    return this.fragment() !== before;
  }

  fragment() {
    const set = this.inputs.filter(({ value }) => value.trim()).map(({ name, value }) => [name, value.trim()]);
    return set.length ? `#filter?${new URLSearchParams(set)}` : "";
  }

  changed() {
    this.limit = PAGE;
    this.budget = BUDGET;
    history.replaceState(null, "", `${location.pathname}${location.search}${this.fragment()}`);
    return this.run();
  }

  /** What the form asks for, within the list, as one node; null where it asks for nothing. Throws QueryError. */
  query() {
    const { q, from, since, until, ...values } = Object.fromEntries(this.inputs.map(({ name, value }) => [name, value.trim()]));
    const quoted = (name, value) => `${name}:"${value.replaceAll('"', " ")}"`;
    const asked = [
      from && quoted("f", from),
      (since || until) && `d:${since}..${until}`,
      ...Object.entries(values).map(([name, value]) => value && quoted(name, value)),
    ].filter(Boolean).map((text) => parseQuery(text)).filter(Boolean);
    if (q) asked.unshift(parse(q));
    return asked.length ? { whole: ["and", PATCHES, parseQuery(this.form.dataset.query), ...asked], asked: ["and", ...asked] } : null;
  }

  async run() {
    this.running?.abort();
    const { signal } = (this.running = new AbortController());
    try {
      await prepare(this.inputs.find(({ name }) => name === "q").value.trim());
      if (signal.aborted) return;
      const query = this.query();
      if (!query) {
        this.show(null, "");
        return;
      }
      this.output.textContent = "Searching…";
      const { limit, budget } = this;
      const outcome = await this.answer(query.whole, { limit, budget, signal });
      const missing = outcome.total ? "" : await this.missing(query.asked);
      if (signal.aborted) return;
      if (missing) this.show([], missing);
      else this.showOutcome(outcome, wantedWords(query.asked));
    } catch (error) {
      if (!signal.aborted) this.showError(error);
    }
  }

  async answer(node, options) {
    try {
      return await search(await this.open(), node, options);
    } catch (error) {
      if (!(error instanceof IndexError && error.stale)) throw error;
      this.index = Index.open(`${this.form.dataset.root}search/`, undefined, true); // it was built anew meanwhile
      return search(await this.index, node, options);
    }
  }

  /** What is said where nothing is found because no repository is known. */
  async missing(asked) {
    if ((await this.open()).knowsCommits) return "";
    const { NO_REPOSITORY, asksWhatLanded } = await import("./outcomes.js");
    return asksWhatLanded(asked, false) ? NO_REPOSITORY : "";
  }

  showError(error) {
    const known = error instanceof IndexError || error instanceof QueryError;
    if (!known) console.error(error);
    this.show(null, known ? error.message : "The search index could not be read.");
  }

  showOutcome({ hits, total, exact, further }, words) {
    const count = `${exact ? "" : "about "}${total.toLocaleString("en")} ${total === 1 ? "patch" : "patches"}`;
    const table = document.createElement("table");
    table.className = "patches";
    table.append(head(), body(hits, words, this.form.dataset.root));
    const missing = further && hits.length < this.limit;
    const nodes = [table];
    if (missing || hits.length < total) nodes.push(this.moreButton(missing));
    this.show(nodes, missing ? `${count} so far` : count);
  }

  moreButton(missing) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = missing ? "Look further back" : "Show more";
    button.addEventListener("click", () => {
      if (missing) this.budget *= 4;
      else this.limit += PAGE;
      this.run();
    });
    return button;
  }

  /** Show nodes instead of the list, or (null) the list. */
  show(nodes, text) {
    this.output.textContent = text;
    this.found.replaceChildren(...(nodes ?? []));
    this.found.hidden = !nodes;
    this.list.hidden = Boolean(nodes);
  }
}

function head() {
  const head = document.createElement("thead");
  const row = head.insertRow();
  for (const name of ["Date", "Patch", "Submitter", "Trailers", "Checks", "State"]) {
    row.append(Object.assign(document.createElement("th"), { scope: "col", textContent: name }));
  }
  return head;
}

function body(hits, words, root) {
  const body = document.createElement("tbody");
  for (const hit of hits) {
    const row = body.insertRow();
    cell(row, new Date(hit.date * 1000).toISOString().slice(0, 10)).className = "date";
    const link = document.createElement("a");
    link.href = `${root}${pageOf(hit, [hit.project])}`;
    mark(link, hit.name || "(no subject)", words);
    const title = Object.assign(document.createElement("th"), { scope: "row" });
    title.append(link);
    row.append(title);
    cell(row, hit.submitter);
    cell(row, hit.tags.join(", "));
    cell(row, hit.check === "pending" ? "" : label("check", hit.check)); // also said of patches without checks
    const { outcome } = hit;
    if (outcome?.error) console.error(outcome.error);
    cell(row, label("state", hit.state)).append(outcome?.words ? ` ${outcome.words}` : "");
  }
  return body;
}

function cell(row, content) {
  const made = row.insertCell();
  made.append(content);
  return made;
}

function label(kind, value) {
  if (!value) return "";
  const span = Object.assign(document.createElement("span"), { className: kind, textContent: value.replaceAll("-", " ") });
  span.dataset[kind] = value;
  return span;
}
