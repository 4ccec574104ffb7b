// The arrow keys walk from the search box through the results.

/** `stops`: a function that gives the elements that have the focus one after the other. */
export function walkWithArrows(stops) {
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = stops();
    const here = all.indexOf(document.activeElement);
    if (here < 0) return;
    event.preventDefault();
    all[here + step]?.focus();
  });
}
