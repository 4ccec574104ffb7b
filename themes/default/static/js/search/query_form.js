// The form of the search page: the query with its filters ↔ the URL.

import { parse, parseExact, parseQuery, parseTitle } from "./query_parser.js";
import { asTyped } from "./typing.js";

const PAGE = 10; // results that are shown at first, and with each "Show more"

export const form = document.querySelector("#search");
export const field = document.querySelector("#q");
export const filters = Object.fromEntries(
  ["project", "state", "from", "since", "until", "order", "group"].map((name) => [name, document.querySelector(`#filter-${name}`)]),
);
let limit = PAGE; // how many results are wanted

/** How many results are wanted. */
export const wantedResults = () => limit;

/** Want more than these. */
export function wantMoreResults(shown) {
  limit = shown + PAGE;
}

export function wantFirstResults() {
  limit = PAGE;
}

/** The query with its filters as one node; null when there is none. Throws QueryError; `prepare` its text before. */
export function wholeQuery(isTyped = false) {
  const text = field.value.trim();
  return withFilters(text ? parse((isTyped && asTyped(field.value)) || text) : null);
}

/** What the text names alone, such as a message id or a title, with the filters, as a node; null where it names nothing. */
export function namedQuery() {
  const named = parseExact(field.value) ?? parseTitle(field.value);
  return named && withFilters(named);
}

/** Whether the page shows all that the text finds. */
export const isUnfiltered = () => !Object.values(filters).some(({ value }) => value.trim());

function withFilters(node) {
  const nodes = node ? [node] : [];
  const { project, state, from, since, until } = filters;
  if (project.value) nodes.push(["value", "project", project.value.toLowerCase()]);
  if (state.value) nodes.push(["value", "state", state.value.toLowerCase()]);
  if (from.value.trim()) nodes.push(parseQuery(`f:"${from.value.replaceAll('"', " ")}"`));
  if (since.value || until.value) nodes.push(parseQuery(`d:${since.value}..${until.value}`));
  return nodes.length > 1 ? ["and", ...nodes] : nodes[0] ?? null;
}

export function readUrl() {
  const query = new URLSearchParams(location.search);
  field.value = query.get("q") ?? "";
  for (const [name, input] of Object.entries(filters)) input.value = query.get(name) ?? "";
  limit = Math.min(Math.max(Number.parseInt(query.get("n") ?? PAGE, 10) || PAGE, PAGE), 1000);
}

/** The URL of the page for the query as it is, but for some filters, with the first results. */
export function urlWith(changes = {}) {
  const query = new URLSearchParams();
  if (field.value.trim()) query.set("q", field.value.trim());
  for (const [name, input] of Object.entries(filters)) {
    const value = (changes[name] ?? input.value).trim();
    if (value) query.set(name, value);
  }
  return `${location.pathname}${query.size ? `?${query}` : ""}`;
}

/** Put the query into the URL; `push`: as a new entry of the history. */
export function writeUrl(push) {
  const url = new URL(urlWith(), location);
  if (limit > PAGE) url.searchParams.set("n", limit);
  if (url.search === location.search) return;
  history[push ? "pushState" : "replaceState"](null, "", url);
}

/** Show how many filters are set where they are folded away. */
export function showFilterCount() {
  const set = Object.entries(filters).filter(([name, { value }]) => value && name !== "order" && name !== "group").length;
  unfold.textContent = set ? `Filters (${set})` : "Filters";
}

const unfold = document.querySelector("#show-filters");
unfold.addEventListener("click", () => {
  const open = unfold.getAttribute("aria-expanded") !== "true";
  unfold.setAttribute("aria-expanded", open);
});
