// Keys of the search page: the arrows walk from the search box through the results, Esc clears. `/` is of every page.

/** `stops`: a function that gives the elements that have the focus one after the other. */
export function walkWithArrows(stops) {
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.isComposing || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const all = stops();
    const here = all.indexOf(document.activeElement);
    if (here < 0) return;
    event.preventDefault();
    all[here + step]?.focus();
  });
}

/** `clear` is called for Esc, unless the key means something to an element of the form or to an input method. */
export function clearWithEscape(clear) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.target.tagName === "SELECT") return;
    event.preventDefault();
    clear();
  });
}
