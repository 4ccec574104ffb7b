// Patchwork's addresses of lists have their filter behind a question mark. What they mean is a search here.

const root = new URL("../../", import.meta.url);
// The states that Patchwork begins with, by number.
const STATES = ["new", "under-review", "accepted", "rejected", "rfc", "not-applicable", "changes-requested",
  "awaiting-upstream", "superseded", "deferred"];
const FILTERS = ["series", "submitter", "delegate", "state", "q", "archive"];

const asked = new URLSearchParams(location.search);
const quoted = (text) => `"${text.replaceAll('"', " ").trim()}"`;

async function name(number) {
  const answer = await fetch(new URL(`number/person/${Math.floor(number / 1000)}.json`, root));
  return answer.ok ? (await answer.json())[number] : undefined;
}

/** Patchwork has a hundred patches on a page; the search shows all of them up to the page that was asked for. */
const upTo = (page) => (/^[1-9]\d?$/.test(page ?? "") && page !== "1" ? `&n=${page * 100}` : "");

async function query(project) {
  const words = [`project:${project}`];
  const submitter = asked.get("submitter");
  if (submitter) words.push(`f:${quoted((/^\d+$/.test(submitter) && (await name(submitter))) || submitter)}`);
  const delegate = asked.get("delegate");
  if (delegate) words.push(`delegate:${delegate.toLowerCase()}`);
  const state = asked.get("state");
  if (!state) words.push("(state:new OR state:under-review)"); // as Patchwork has it where none is named
  else if (state !== "*") words.push(`state:${STATES[state - 1] ?? state}`);
  const archive = asked.get("archive");
  if (archive !== "both") words.push(`archived:${archive === "true" ? "yes" : "no"}`);
  const text = asked.get("q")?.trim();
  if (text) words.push(...text.split(/\s+/).map((word) => `s:${quoted(word)}`));
  return words.join(" ");
}

if (FILTERS.some((filter) => asked.get(filter))) {
  const series = asked.get("series");
  const project = document.querySelector("main").dataset.project;
  const target = /^\d+$/.test(series ?? "")
    ? new URL(`../series/${series}/`, location.origin + location.pathname)
    : new URL(`search/?q=${encodeURIComponent(await query(project))}${upTo(asked.get("page"))}`, root);
  location.replace(target);
}
