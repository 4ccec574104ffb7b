// Patchwork's lists take filters as query parameters; here these become a search, or the page of a series.

const root = new URL("../../", import.meta.url);
// Patchwork's default states in the order of their numbers, from 1.
const STATES = ["new", "under-review", "accepted", "rejected", "rfc", "not-applicable", "changes-requested",
  "awaiting-upstream", "superseded", "deferred"];
const FILTERS = ["series", "submitter", "delegate", "state", "q", "archive"];

const parameters = new URLSearchParams(location.search);
const quoted = (text) => `"${text.replaceAll('"', " ").trim()}"`;

/** The name of a person by number, or undefined. */
async function personName(number) {
  const response = await fetch(new URL(`number/person/${Math.floor(number / 1000)}.json`, root));
  return response.ok ? (await response.json())[number] : undefined;
}

/** Patchwork has a hundred patches on a page; the search shows all up to the end of the requested page. */
const limit = (page) => (/^[1-9]\d?$/.test(page ?? "") && page !== "1" ? `&n=${page * 100}` : "");

async function query(project) {
  const words = [`project:${project}`];
  const submitter = parameters.get("submitter");
  if (submitter) words.push(`f:${quoted((/^\d+$/.test(submitter) && (await personName(submitter))) || submitter)}`);
  const delegate = parameters.get("delegate");
  if (delegate) words.push(`delegate:${delegate.toLowerCase()}`);
  const state = parameters.get("state");
  if (!state) words.push("(state:new OR state:under-review)"); // Patchwork's default
  else if (state !== "*") words.push(`state:${STATES[state - 1] ?? state}`);
  const archive = parameters.get("archive");
  if (archive !== "both") words.push(`archived:${archive === "true" ? "yes" : "no"}`);
  const text = parameters.get("q")?.trim();
  if (text) words.push(...text.split(/\s+/).map((word) => `s:${quoted(word)}`));
  return words.join(" ");
}

if (FILTERS.some((filter) => parameters.get(filter))) {
  const series = parameters.get("series");
  const project = document.querySelector("main").dataset.project;
  const target = /^\d+$/.test(series ?? "")
    ? new URL(`../series/${series}/`, location.origin + location.pathname)
    : new URL(`search/?q=${encodeURIComponent(await query(project))}${limit(parameters.get("page"))}`, root);
  location.replace(target);
}
