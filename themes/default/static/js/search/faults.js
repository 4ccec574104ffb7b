// What is shown besides the results (highlighting, passages, counts, suggestions) may fail: the results stay,
// the fault goes to the console, and the page says in one line what is missing.

const line = document.createElement("p");
line.id = "fault";
line.className = "note";
line.hidden = true;
document.querySelector("#status").after(line);

/** `what` could not be shown, because of `error`; a request that was only cancelled is no fault. */
export function reportFault(what, error) {
  if (error.name === "AbortError") return;
  console.error(error);
  line.textContent = `Could not show ${what}. The results are not affected.`;
  line.hidden = false;
}

/** Take the line away, for a new search. */
export function clearFault() {
  line.hidden = true;
}
