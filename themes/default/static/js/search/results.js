// The list of results, as they come: each with a passage of its mail around the words that were looked for.

import { reportFault } from "./faults.js";
import { pageOf } from "./index_reader.js";
import { mark, passage } from "./passage.js";

const list = document.querySelector("#results");
let items = new Map(); // by key, of one search
let search; // its AbortSignal

/** Show hits in this order; what the same search (`signal`) has shown before stays as it is. */
export function showHits(hits, words, signal, root) {
  if (search !== signal) [items, search] = [new Map(), signal];
  for (const hit of hits) if (!items.has(hit.key)) items.set(hit.key, item(hit, words, signal, root));
  const focused = document.activeElement?.closest?.("#results li")?.dataset.key;
  list.replaceChildren(...hits.map(({ key }) => items.get(key)));
  list.querySelector(`li[data-key="${focused}"] a`)?.focus();
}

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

function item(hit, words, signal, root) {
  const li = document.createElement("li");
  [li.dataset.id, li.dataset.key] = [hit.id, hit.key];
  const link = document.createElement("a");
  const page = `${root}${pageOf(hit, [hit.project])}`;
  link.href = hit.reply === null ? page : `${page}#${hit.reply}`;
  highlight(link, `${hit.reply === null ? "" : "Re: "}${hit.name || "(no subject)"}`, words);
  const about = document.createElement("div");
  about.className = "about";
  const day = new Date(hit.date * 1000).toISOString().slice(0, 10);
  const kind = hit.reply !== null ? "reply" : hit.page === "cover" ? "cover letter" : hit.state;
  about.append(`${day} · ${hit.submitter} · ${hit.project.name} · ${kind}`);
  const text = document.createElement("p");
  text.className = "passage";
  li.append(link, about, text);
  if (words.length && hit.reply === null) {
    passage(`${page}mbox`, words, signal)
      .then((lines) => highlight(text, lines, words))
      .catch((error) => {
        text.remove();
        reportFault("some passages", error);
      });
  }
  return li;
}

function highlight(element, text, words) {
  try {
    mark(element, text, words);
  } catch (error) {
    element.replaceChildren(text);
    reportFault("which words were found", error);
  }
}
