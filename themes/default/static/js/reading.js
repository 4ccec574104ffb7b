// Reading a patch by keyboard, and the switches of its diff. Everything has a visible control, too.

const diff = document.querySelector("#diff");
const find = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];

/** Show an element and put the focus there. */
function goTo(element) {
  for (let at = element; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  const target = element.matches("a, summary") ? element : element.querySelector("a, summary") ?? element;
  if (target === element && target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  // What comes into view is laid out in the frames after, and may push the element away.
  let frames = 5;
  const show = () => {
    element.scrollIntoView({ block: "start" });
    if (--frames) requestAnimationFrame(show);
  };
  show();
}

/** The next element of a kind below the place on screen, or with -1 the one above it. */
function step(selector, way) {
  // A hunk's box is asked for, not its header's: that would have all hunks laid out.
  const box = (element) => element.closest("pre") ?? element;
  const elements = all(selector).filter((element) => box(element).getClientRects().length > 0);
  const focused = elements.findIndex((element) => element.contains(document.activeElement));
  const margin = 60; // the header of a file, which stays in view
  const here = focused >= 0 ? focused + way
    : way > 0 ? elements.findIndex((element) => box(element).getBoundingClientRect().top > margin)
    : elements.findLastIndex((element) => box(element).getBoundingClientRect().top < 0);
  if (elements[here]) goTo(elements[here]);
}

/** The next file, which may have a page of its own. */
function stepFile(way, rel) {
  if (find(".file-nav")) follow(`.file-nav [rel="${rel}"]`);
  else step("#diff details.file, #diff .more-files", way);
}

const follow = (selector) => find(selector)?.click();

const KEYS = {
  n: ["next file", () => stepFile(1, "next")],
  p: ["previous file", () => stepFile(-1, "prev")],
  j: ["next hunk", () => step("#diff .h", 1)],
  k: ["previous hunk", () => step("#diff .h", -1)],
  r: ["next inline comment", () => step("#diff .inline-comment", 1)],
  s: ["side by side", () => find("#split")?.click()],
  w: ["whitespace changes dimmed", () => find("#dimming")?.click()],
  "]": ["next patch of the series", () => follow('.page-nav:not(.file-nav) [rel="next"]')],
  "[": ["previous patch of the series", () => follow('.page-nav:not(.file-nav) [rel="prev"]')],
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

function remember(name, on) {
  try {
    localStorage.setItem(`diff-${name}`, on ? "1" : "");
  } catch {
    // Nothing may be stored here: the switch holds for this page.
  }
}

function isRemembered(name) {
  try {
    return localStorage.getItem(`diff-${name}`) === "1";
  } catch {
    return false;
  }
}

/** A switch that is remembered for all patches; it is a class of the diff. */
function addSwitch(name, label, prepare) {
  const set = (on) => {
    if (on) prepare?.();
    diff.classList.toggle(name, on);
    button.setAttribute("aria-pressed", on);
  };
  const button = addButton(label, () => {
    const on = !diff.classList.contains(name);
    set(on);
    remember(name, on);
  });
  button.id = name;
  set(isRemembered(name));
}

/** Name the lines that were removed and added with other blanks only. */
function findBlankChanges() {
  for (const run of all("#diff .run, #diff pre > :is(.long, :not([id], [class]))")) {
    const key = (line) => line.textContent.slice(line.firstChild.textContent.length).replace(/\s+/g, "");
    const removed = [...run.querySelectorAll(".d")];
    const keys = removed.map(key);
    let from = 0;
    for (const line of run.querySelectorAll(".a")) {
      const at = keys.indexOf(key(line), from);
      if (at < 0) continue;
      from = at + 1;
      for (const found of [removed[at], line]) found.classList.add("blank");
    }
  }
}

/** Mark in the list of files the one on screen. */
function followReader(files) {
  const onScreen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      find(`#diff nav a[href="#${target.id}"]`)?.toggleAttribute("aria-current", isIntersecting);
    }
  }, { rootMargin: "-10% 0px -85%" });
  for (const file of files) onScreen.observe(file);
}

if (diff) {
  // One stop of the Tab key for each hunk. Lines have links, too: thousands, so only who uses the key waits for it.
  const skipLines = ({ key }) => {
    if (key !== "Tab") return;
    removeEventListener("keydown", skipLines);
    for (const link of all("#diff .diff span[id]:not(.h) > a")) link.tabIndex = -1;
  };
  addEventListener("keydown", skipLines);
  const files = all("#diff details.file");
  if (files.length > 1) {
    const fold = addButton("Fold all", () => {
      const open = fold.textContent !== "Fold all";
      for (const file of files) file.open = open;
      fold.textContent = open ? "Fold all" : "Unfold all";
    });
    followReader(files);
  }
  const split = find("#split");
  split.checked = isRemembered("split");
  split.addEventListener("change", () => remember("split", split.checked));
  addSwitch("scrolling", "Don't wrap lines");
  addSwitch("dimming", "Dim whitespace changes", findBlankChanges);
  addButton("Keys", showHelp);
  // A selection is of one side only, as the style sheet sees to, and of no comments.
  document.addEventListener("pointerdown", ({ target }) => {
    const line = target.closest?.(".diff pre") && (target.closest(".a, .d") ?? target);
    if (line) diff.dataset.side = line.className[0] === "d" ? "d" : "a";
    else delete diff.dataset.side;
  });
  const folded = files.filter((file) => !file.open);
  addEventListener("beforeprint", () => {
    folded.splice(0, folded.length, ...files.filter((file) => !file.open));
    for (const file of folded) file.open = true;
  });
  addEventListener("afterprint", () => {
    for (const file of folded) file.open = false;
  });
}
