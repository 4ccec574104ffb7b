// The page for what isn't there: an address by number leads on to the page that has that number.

const root = new URL("../../", import.meta.url);
const said = document.querySelector("#said");
const path = location.pathname.startsWith(root.pathname) ? location.pathname.slice(root.pathname.length) : "";

// Patchwork answers for a cover letter where a patch is asked for, and the other way round.
const [, project, mail, msgid] = path.match(/^(project\/[^/]+)\/(patch|cover)\/([^/]+)\/?$/) ?? [];
if (mail) {
  const other = new URL(`${project}/${mail === "patch" ? "cover" : "patch"}/${msgid}/`, root);
  const answer = await fetch(other, { method: "HEAD" }).catch(() => null);
  if (answer?.ok) location.replace(other);
}

const [, kind, number, part] = path.match(/^(patch|cover|comment)\/(\d{1,15})(?:\/(mbox|raw)?)?\/?$/) ?? [];

if (kind) {
  said.textContent = "Looking for it by its number …";
  try {
    // Numbers come in files of a thousand.
    const answer = await fetch(new URL(`number/${kind}/${Math.floor(number / 1000)}.json`, root));
    const place = answer.ok ? (await answer.json())[number] : undefined;
    if (place) location.replace(new URL(place + (part ?? ""), root));
    else said.textContent = `The archive has no ${kind} ${number}.`;
  } catch {
    said.textContent = "The list of numbers could not be read. Try again later.";
  }
}
