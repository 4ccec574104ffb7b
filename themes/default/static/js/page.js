// What every page gains with JavaScript: copy buttons, `/` for the search, chosen lines of a diff.
// Every page works without it.

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

// A link to a line (#f1R10) or a range (#f1R10-f1R14) opens its file and shows it.
function showTarget() {
  for (const row of document.querySelectorAll("tr.chosen")) row.classList.remove("chosen");
  const [first, last] = decodeURIComponent(location.hash.slice(1)).split("-");
  const start = first && document.getElementById(first);
  if (!start) return;
  for (let at = start; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  if (start.tagName !== "TR") return;
  const rows = [...start.closest("table").rows];
  const from = rows.indexOf(start);
  const end = last ? document.getElementById(last) : start;
  const to = rows.indexOf(end);
  for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) row.classList.add("chosen");
  if (last) start.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".diff td a");
  if (!link || !event.shiftKey) return;
  event.preventDefault();
  const start = location.hash.slice(1).split("-")[0];
  location.hash = start && document.getElementById(start) ? `${start}-${link.hash.slice(1)}` : link.hash;
});
addEventListener("hashchange", showTarget);
showTarget();
