// The line above the results: how far the search is, how many results there are, and what there is to say about them.

import { QueryError } from "./errors.js";
import { IndexError } from "./index_reader.js";

const main = document.querySelector("main");
const total = document.querySelector("#total");
const message = document.querySelector("#message");
const progress = document.querySelector("#progress");
let running; // the AbortSignal of the search under way
let requested = 0, loaded = 0, bytes = 0; // files, for that search
let ranges = false;

export const isLoading = () => main.dataset.search === "loading";

/** Say that a search began, which this signal would stop. */
export function showSearching(signal) {
  running = signal;
  requested = loaded = bytes = 0;
  show("loading", "Searching…");
}

/** Set the state of the page (idle, loading, done, error) and say something. */
export function show(state, text = "") {
  main.dataset.search = state;
  message.textContent = text;
  showProgress();
}

/** Show how many results there are; empty: no number. */
export function showTotal(text) {
  total.textContent = text;
}

/** Say something more. */
export function addToMessage(...nodes) {
  message.append(...nodes);
}

/** Fetch, and show how far the loading is, for those who wait. */
export async function countedFetch(...request) {
  const search = running;
  requested += 1;
  showProgress();
  try {
    const response = await fetch(...request);
    ranges ||= response.headers.get("accept-ranges") === "bytes";
    if (search === running) bytes += Number(response.headers.get("content-length")) || 0;
    return response;
  } finally {
    if (search === running) loaded += 1;
    showProgress();
  }
}

/** Whether the server sends parts of files to who asks for them (RFC 9110, 14), as far as it has said so. */
export const sendsParts = () => ranges;

function showProgress() {
  const size = bytes ? `, ${Math.ceil(bytes / 1000).toLocaleString("en")} KB` : "";
  progress.textContent = isLoading() && requested ? `${loaded} of ${requested} parts loaded${size}` : "";
}

/** Say why there is no answer, with a button that calls `retry`. */
export function showError(error, retry) {
  const known = error instanceof IndexError || error instanceof QueryError;
  show("error", known ? error.message : "The search index could not be read: it may be damaged.");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Try again";
  button.addEventListener("click", retry);
  message.append(" ", button);
  if (!known) console.error(error);
}
