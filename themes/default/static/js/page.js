// Enhancements of every page, which works without them: copy buttons, `/` for the search box, selected lines of a diff.
// No module: a browser runs modules only of a web server, and the pages can also be read as files.
"use strict";

// A page opened as a file says what needs a web server, and how to have one in the folder of the site.
const needsServer = document.querySelector("#needs-server");
if (needsServer && location.protocol === "file:") {
  const folder = decodeURIComponent(new URL("../", location.href).pathname);
  needsServer.querySelector("code").append(` --directory '${folder.replaceAll("'", "'\\''")}'`);
  needsServer.hidden = false;
}

for (const code of document.querySelectorAll("code.copy")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "copy";
  button.setAttribute("aria-label", `copy ${code.textContent}`);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "copied";
    } catch {
      getSelection().selectAllChildren(code); // no permission: leave it selected for Ctrl+C
      button.textContent = "selected";
    }
    setTimeout(() => (button.textContent = "copy"), 1500);
  });
  code.after(button);
}

document.addEventListener("keydown", (event) => {
  const field = document.querySelector("#q, #top-search");
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && field) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});

// Several lines that are pasted into the search box become what they stand for.
document.querySelector("#top-search")?.addEventListener("paste", async (event) => {
  const text = event.clipboardData?.getData("text/plain").trim() ?? "";
  if (!/[\r\n]/.test(text)) return;
  event.preventDefault();
  const { insertPasted } = await import("./search/pasting.js");
  insertPasted(event.target, text);
});

// Beside the text the details are always shown; browsers without ::details-content show what is open.
const details = document.querySelector("#details > details");
if (details) {
  const wide = matchMedia("(min-width: 66rem)");
  const show = () => (details.open = wide.matches);
  wide.addEventListener("change", show);
  show();
}

// A link to a line (#f1R10) or to a range of lines (#f1R10-f1R14) opens the file and selects them.
function showTarget() {
  for (const line of document.querySelectorAll(".diff .selected")) line.classList.remove("selected");
  const [first, last] = decodeURIComponent(location.hash.slice(1)).split("-");
  const start = first && document.getElementById(first);
  if (!start || start.matches("nav a")) return followTo(first);
  for (let at = start; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  if (!start.matches(".diff pre span")) return;
  const lines = [...start.closest(".diff").querySelectorAll("pre span[id]")];
  const from = lines.indexOf(start);
  const end = last ? document.getElementById(last) : start;
  const to = lines.indexOf(end);
  for (const line of lines.slice(Math.min(from, to), Math.max(from, to) + 1)) line.classList.add("selected");
  if (last) start.scrollIntoView({ block: "center" });
}

// A line of a large diff is on the page of its file, or of a part of that.
function followTo(name) {
  const [, file, kind, number] = /^(f\d+)(?:([RLh])(\d+))?/.exec(name) ?? [];
  let link = file && document.querySelector(`nav a#${file}`);
  for (const part of document.querySelectorAll("[data-first]")) {
    const first = new RegExp(`${kind}(\\d+)`).exec(part.dataset.first);
    if (first && Number(first[1]) <= Number(number)) link = part;
  }
  if (link?.href) location.replace(link.href + location.hash);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".diff pre span > a");
  if (!link || !event.shiftKey) return;
  event.preventDefault();
  const start = location.hash.slice(1).split("-")[0];
  location.hash = start && document.getElementById(start) ? `${start}-${link.hash.slice(1)}` : link.hash;
});
addEventListener("hashchange", showTarget);
showTarget();
