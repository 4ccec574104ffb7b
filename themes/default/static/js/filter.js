// The filter line above a list of patches: what it needs is loaded when somebody turns to it.

const form = document.querySelector("#filter");
let filter; // a promise of what the module exports

/** Filter by what the form says; a fault is said in the form. */
async function run() {
  try {
    filter ??= import("./search/list_filter.js");
    await (await filter).filterList(form);
  } catch (error) {
    filter = undefined;
    form.querySelector("output").textContent = "The filter could not be loaded.";
    console.error(error);
  }
}

form.addEventListener("focusin", run, { once: true });
form.addEventListener("submit", (event) => event.preventDefault());
const unfold = form.querySelector(".unfold");
unfold.addEventListener("click", () => unfold.setAttribute("aria-expanded", unfold.getAttribute("aria-expanded") !== "true"));

/** Somebody may come by an address with a filter, or follow a link to one. */
function follow() {
  if (location.hash.startsWith("#filter?")) run();
}
addEventListener("hashchange", follow);
follow();
