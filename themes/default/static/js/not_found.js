// The 404 page: an address by number redirects to the page of that patch, cover letter or comment.

const root = new URL("../../", import.meta.url);
const status = document.querySelector("#status");
const path = location.pathname.startsWith(root.pathname) ? location.pathname.slice(root.pathname.length) : "";

// Patchwork serves a cover letter at the address of a patch, and the other way round.
const [, project, mail, msgid] = path.match(/^(project\/[^/]+)\/(patch|cover)\/([^/]+)\/?$/) ?? [];
if (mail) {
  const other = new URL(`${project}/${mail === "patch" ? "cover" : "patch"}/${msgid}/`, root);
  const answer = await fetch(other, { method: "HEAD" }).catch(() => null);
  if (answer?.ok) location.replace(other);
}

const [, kind, number, part] = path.match(/^(patch|cover|comment)\/(\d{1,15})(?:\/(mbox|raw)?)?\/?$/) ?? [];

if (kind) {
  status.textContent = "Looking up the number …";
  try {
    // Numbers come in files of a thousand.
    const answer = await fetch(new URL(`number/${kind}/${Math.floor(number / 1000)}.json`, root));
    const place = answer.ok ? (await answer.json())[number] : undefined;
    if (place) location.replace(new URL(place + (part ?? ""), root));
    else status.textContent = `The archive has no ${kind === "cover" ? "cover letter" : kind} ${number}.`;
  } catch {
    status.textContent = "The number could not be looked up. Try again later.";
  }
}
