// Patchwork's lists take filters as query parameters; here these become a search, or the page of a series.

const root = new URL("../../", import.meta.url);
const FILTERS = ["series", "submitter", "delegate", "q", "archive"];

const parameters = new URLSearchParams(location.search);
const quoted = (text) => `"${text.replaceAll('"', " ").trim()}"`;
const isNumber = (text) => /^\d{1,15}$/.test(text ?? "");

/** A JSON file of the site, or null where it is missing. */
async function load(path) {
  const response = await fetch(new URL(path, root));
  return response.ok ? response.json() : null;
}

/** The name of a person by number, or undefined. */
async function personName(number) {
  return (await load(`number/person/${Math.floor(number / 1000)}.json`))?.[number];
}

/** Patchwork has a hundred patches on a page; the search shows all up to the end of the requested page. */
const limit = (page) => (/^[1-9]\d?$/.test(page ?? "") && page !== "1" ? `&n=${page * 100}` : "");

/** Patchwork shows the newest first, too; by other columns than the date the search doesn't sort. */
const order = () => (parameters.get("order") === "date" ? "&order=oldest" : "");

/** A word of a title; Patchwork finds it within longer ones, too, the search at their beginning. */
const titleWord = (word) => (/^[\p{L}\p{N}_]{2,}$/u.test(word) ? `s:${word}*` : `s:${quoted(word)}`);

/** The states that a number stands for; like Patchwork, those that need action for one that it hasn't got. */
function stateWords(states, number) {
  const one = states.filter(({ id, slug }) => String(id) === number || slug === number);
  const meant = one.length > 0 ? one : states.filter((state) => state.action_required);
  const words = meant.map(({ slug }) => `state:${slug}`);
  return words.length > 1 ? `(${words.join(" OR ")})` : words.join("");
}

async function query(project) {
  const { states, delegates } = (await load("api/vocabulary.json")) ?? { states: [], delegates: [] };
  const words = [`project:${project}`];
  const submitter = parameters.get("submitter")?.trim();
  if (submitter) words.push(`f:${quoted((isNumber(submitter) && (await personName(submitter))) || submitter)}`);
  const delegate = parameters.get("delegate")?.trim();
  if (delegate) words.push(`delegate:${delegates.find(({ id }) => String(id) === delegate)?.username ?? delegate.toLowerCase()}`);
  const state = parameters.get("state");
  if (state !== "*") words.push(stateWords(states, state));
  const archive = parameters.get("archive");
  if (archive !== "both") words.push(`archived:${archive === "true" ? "yes" : "no"}`);
  const text = parameters.get("q")?.trim();
  if (text) words.push(...text.split(/\s+/).map(titleWord));
  return words.filter(Boolean).join(" ");
}

// Without a state, Patchwork shows those that need action; the site's own list shows all.
if (parameters.has("state") || FILTERS.some((filter) => parameters.get(filter))) {
  const series = parameters.get("series");
  const project = document.querySelector("main").dataset.project;
  const target = isNumber(series)
    ? new URL(`../series/${series}/`, location.origin + location.pathname)
    : new URL(`search/?q=${encodeURIComponent(await query(project))}&group=no${order()}${limit(parameters.get("page"))}`, root);
  location.replace(target);
}
