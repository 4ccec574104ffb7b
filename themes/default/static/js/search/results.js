// The list of results, as they come: each with a passage of its mail around the words that were looked for.

import { reportFault } from "./faults.js";
import { pageOf } from "./index_reader.js";
import { mark, passage } from "./passage.js";

const list = document.querySelector("#results");
let items = new Map(); // by patch, of one search
let search; // its AbortSignal

/** Show hits in this order; what the same search (`signal`) has shown before stays as it is. */
export function showHits(hits, words, signal, root) {
  if (search !== signal) [items, search] = [new Map(), signal];
  for (const hit of hits) if (!items.has(hit.id)) items.set(hit.id, item(hit, words, signal, root));
  const focused = document.activeElement?.closest?.("#results li")?.dataset.id;
  list.replaceChildren(...hits.map(({ id }) => items.get(id)));
  list.querySelector(`li[data-id="${focused}"] a`)?.focus();
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
  li.dataset.id = hit.id;
  const link = document.createElement("a");
  link.href = `${root}${pageOf(hit, [hit.project])}`;
  highlight(link, hit.name || "(no subject)", words);
  const about = document.createElement("div");
  about.className = "about";
  const day = new Date(hit.date * 1000).toISOString().slice(0, 10);
  about.append(`${day} · ${hit.submitter} · ${hit.project.name} · ${hit.state}`);
  const text = document.createElement("p");
  text.className = "passage";
  li.append(link, about, text);
  if (words.length) {
    passage(`${link.href}mbox`, words, signal)
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
