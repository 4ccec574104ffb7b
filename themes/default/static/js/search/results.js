// The list of results, as they come: each with a passage of its mail around the words that were looked for.

import { reportFault } from "./faults.js";
import { groupHits } from "./groups.js";
import { pageOf } from "./index_reader.js";
import { mark } from "./marks.js";
import { fetchPassage, shownInPassage } from "./passage.js";

const list = document.querySelector("#results");
const IN_FLIGHT = 6; // passages

let items = new Map(); // by key of the hit, of one search
let search; // its AbortSignal
let opened = new Set(); // keys of hits of the groups that the reader has opened
let observer; // of the passages that are still to be fetched
let waiting = [], fetching = 0; // functions that fetch one

/**
 * Show hits in this order; what the same search (`signal`) has shown before stays as it is.
 * `view.words`: those that are marked; `grouped`: whether patches of a series are shown as one. Returns how many groups they are.
 */
export function showHits(hits, view) {
  const { signal, grouped } = view;
  if (search !== signal) begin(signal);
  for (const hit of hits) if (!items.has(keyOf(hit))) items.set(keyOf(hit), item(hit, view));
  const groups = (grouped && grouping(hits)) || hits.map((hit) => ({ hits: [hit], versions: 1 }));
  const focused = document.activeElement?.closest?.("#results li")?.dataset.key;
  list.replaceChildren(...groups.flatMap(group));
  list.querySelector(`li[data-key="${focused}"] a`)?.focus();
  return groups.length;
}

/** A patch and a reply to it may have the same number. */
const keyOf = (hit) => hit.key ?? String(hit.id);

/** The links of the results that are shown. */
export const links = () => [...list.querySelectorAll(":scope > li:not([hidden]) > a")];

/** A function that calls `show` with the hits it got last, at most once a frame, until the search is stopped or done. */
export function soon(show, signal) {
  let newest = null;
  return (hits) => {
    if (newest === null) {
      requestAnimationFrame(() => {
        if (!signal.aborted && newest.length) show(newest);
        newest = null;
      });
    }
    newest = hits;
  };
}

function begin(signal) {
  observer?.disconnect();
  [items, opened, search, waiting] = [new Map(), new Set(), signal, []];
  observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      waiting.push(target.fetchPassage);
    }
    fetchWaiting();
  });
}

function grouping(hits) {
  try {
    return groupHits(hits);
  } catch (error) {
    reportFault("series as one", error);
    return null;
  }
}

/** The items of a group: its first patch, and the others, which are hidden until they are asked for. */
function group({ hits, versions }) {
  const [lead, ...others] = hits.map((hit) => items.get(keyOf(hit)));
  const isOpen = hits.some((hit) => opened.has(keyOf(hit)));
  lead.hidden = false;
  lead.classList.remove("member");
  for (const other of others) {
    other.hidden = !isOpen;
    other.classList.add("member");
    other.querySelector(".more-of-series")?.remove();
  }
  lead.querySelector(".more-of-series")?.remove();
  if (others.length) lead.querySelector(".about").append(groupButton(hits, versions, others, isOpen));
  return [lead, ...others];
}

function groupButton(hits, versions, others, isOpen) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "more-of-series";
  button.textContent = `${versions > 1 ? `${versions} versions, ` : ""}${hits.length} ${hits.every(isPatch) ? "patches" : "mails"} match`;
  button.setAttribute("aria-expanded", isOpen);
  button.addEventListener("click", () => {
    const open = others[0].hidden;
    for (const other of others) other.hidden = !open;
    for (const hit of hits) opened[open ? "add" : "delete"](keyOf(hit));
    button.setAttribute("aria-expanded", open);
  });
  return button;
}

const isReply = ({ reply }) => (reply ?? null) !== null;
const isPatch = (hit) => !isReply(hit) && hit.page !== "cover";

function item(hit, view) {
  const { words, root } = view;
  const li = document.createElement("li");
  [li.dataset.id, li.dataset.key] = [hit.id, keyOf(hit)];
  const link = document.createElement("a");
  const page = `${root}${pageOf(hit, [hit.project])}`;
  link.href = isReply(hit) ? `${page}#${hit.reply}` : page;
  highlight(link, `${isReply(hit) ? "Re: " : ""}${hit.name || "(no subject)"}`, words);
  li.append(link, about(hit));
  if (shownInPassage(words).length) li.append(passage(hit, page, view));
  return li;
}

/** The line below a title: date, sender, project, state, checks, trailers. */
function about(hit) {
  const line = document.createElement("div");
  line.className = "about";
  line.append(`${new Date(hit.date * 1000).toISOString().slice(0, 10)} · ${hit.submitter} · ${hit.project.name} `);
  if (!isPatch(hit)) {
    line.append(isReply(hit) ? "· reply " : "· cover letter ");
    return line;
  }
  line.append(label("state", hit.state, hit.state.replaceAll("-", " ")), " ");
  if (hit.check && hit.check !== "pending") line.append(label("check", hit.check, `checks: ${hit.check}`), " ");
  if (hit.outcome?.error) reportFault("what landed", hit.outcome.error);
  else if (hit.outcome) line.append(label("outcome", hit.outcome.role, hit.outcome.words), " ");
  if (hit.tags?.length) line.append(`${hit.tags.join(", ")} `);
  return line;
}

function label(kind, value, text = value) {
  const span = document.createElement("span");
  span.className = kind;
  span.dataset[kind] = value;
  span.textContent = text;
  return span;
}

/** The place of a passage, which is fetched when it comes into view. */
function passage(hit, page, view) {
  const text = document.createElement("p");
  text.className = "passage";
  text.fetchPassage = async () => {
    try {
      const lines = await fetchPassage(hit, page, { ...view, words: shownInPassage(view.words) });
      highlight(text, lines ?? "(too long to look into from here)", lines === null ? [] : view.words);
    } catch (error) {
      reportFault("some passages", error);
    }
  };
  observer.observe(text);
  return text;
}

function fetchWaiting() {
  while (fetching < IN_FLIGHT && waiting.length) {
    fetching += 1;
    waiting.shift()().finally(() => {
      fetching -= 1;
      fetchWaiting();
    });
  }
}

function highlight(element, text, words) {
  try {
    mark(element, text, words);
  } catch (error) {
    element.replaceChildren(text);
    reportFault("which words were found", error);
  }
}
