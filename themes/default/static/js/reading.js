// Reading a patch by keyboard, and the switches of its diff. Everything has a visible control, too.

const diff = document.querySelector("#diff");
const find = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];

/** Show an element and put the focus there. */
function goTo(element) {
  for (let at = element; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  const target = element.matches("a, summary") ? element : element.querySelector("a, summary") ?? element;
  if (target === element && target.tabIndex < 0) target.tabIndex = -1;
  element.scrollIntoView({ block: "start" });
  target.focus({ preventScroll: true });
}

/** The next element of a kind below the place on screen, or with -1 the one above it. */
function step(selector, way) {
  const elements = all(selector).filter((element) => element.getClientRects().length > 0);
  const focused = elements.findIndex((element) => element.contains(document.activeElement));
  const margin = 60; // the header of a file, which stays in view
  const here = focused >= 0 ? focused + way
    : way > 0 ? elements.findIndex((element) => element.getBoundingClientRect().top > margin)
    : elements.findLastIndex((element) => element.getBoundingClientRect().top < 0);
  if (elements[here]) goTo(elements[here]);
}

const follow = (selector) => find(selector)?.click();

const KEYS = {
  n: ["next file", () => step("#diff details.file", 1)],
  p: ["previous file", () => step("#diff details.file", -1)],
  j: ["next hunk", () => step("#diff tr.h", 1)],
  k: ["previous hunk", () => step("#diff tr.h", -1)],
  r: ["next inline comment", () => step("#diff tr.inline-comment", 1)],
  "]": ["next patch of the series", () => follow('.page-nav a[rel="next"]')],
  "[": ["previous patch of the series", () => follow('.page-nav a[rel="prev"]')],
  v: ["newest version", () => follow(".versions li:not(.current):last-child a")],
  m: ["message", () => goTo(find("#message"))],
  c: ["comments", () => goTo(find("#comments"))],
  d: ["diff", () => diff && goTo(diff)],
  "?": ["these keys", showHelp],
};

function showHelp() {
  let help = find("#keys");
  if (!help) {
    help = Object.assign(document.createElement("dialog"), { id: "keys" });
    const list = document.createElement("dl");
    for (const [key, [what]] of [...Object.entries(KEYS), ["/", ["search"]]]) {
      list.append(Object.assign(document.createElement("dt"), { textContent: key }));
      list.append(Object.assign(document.createElement("dd"), { textContent: what }));
    }
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Close" });
    close.addEventListener("click", () => help.close());
    help.append(list, close);
    document.body.append(help);
  }
  if (!help.open) help.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "") || find("dialog[open]")) return;
  const action = Object.hasOwn(KEYS, event.key) && KEYS[event.key][1];
  if (!action) return;
  event.preventDefault();
  action();
});

/** A button of the diff's heading. */
function addButton(label, click) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
  button.addEventListener("click", () => click(button));
  find("#diff .switches").append(button);
  return button;
}

/** A switch that is remembered for all patches. */
function addSwitch(name, label) {
  const set = (on) => {
    diff.classList.toggle(name, on);
    button.setAttribute("aria-pressed", on);
  };
  const button = addButton(label, () => {
    const on = !diff.classList.contains(name);
    set(on);
    try {
      localStorage.setItem(`diff-${name}`, on ? "1" : "");
    } catch {
      // Nothing may be stored here: the switch holds for this page.
    }
  });
  let stored = "";
  try {
    stored = localStorage.getItem(`diff-${name}`) ?? "";
  } catch {
    // as above
  }
  set(stored === "1");
}

if (diff) {
  // One stop of the Tab key for each hunk. Lines have links, too.
  for (const link of all("#diff .diff tr:not(.h, .inline-comment) > td > a")) link.tabIndex = -1;
  const files = all("#diff details.file");
  if (files.length > 1) {
    const fold = addButton("Fold all", () => {
      const open = fold.textContent !== "Fold all";
      for (const file of files) file.open = open;
      fold.textContent = open ? "Fold all" : "Unfold all";
    });
  }
  addSwitch("scrolling", "Don't wrap lines");
  addButton("Keys", showHelp);
}
