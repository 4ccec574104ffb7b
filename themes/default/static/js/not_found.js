// The 404 page: an address that names a patch, cover letter or comment in another way leads to its page.

import { pageOfNumber } from "./search/number_pages.js";

const root = new URL("../../", import.meta.url);
const status = document.querySelector("#status");
const path = location.pathname.startsWith(root.pathname) ? location.pathname.slice(root.pathname.length) : "";

/** Patchwork serves a cover letter at the address of a patch, and the other way round. */
async function openOtherKind() {
  const [, project, mail, msgid] = path.match(/^(project\/[^/]+)\/(patch|cover)\/([^/]+)\/?$/) ?? [];
  if (!mail) return false;
  const other = new URL(`${project}/${mail === "patch" ? "cover" : "patch"}/${msgid}/`, root);
  const answer = await fetch(other, { method: "HEAD" }).catch(() => null);
  if (answer?.ok) location.replace(other);
  return answer?.ok ?? false;
}

/** An address by number; whether it is one. */
async function openNumber() {
  const [, kind, number, part] = path.match(/^(patch|cover|comment)\/(\d{1,15})(?:\/(mbox|raw)?)?\/?$/) ?? [];
  if (!kind) return false;
  status.textContent = "Looking up the number …";
  try {
    const place = await pageOfNumber(root, kind, number);
    if (place) location.replace(new URL(place + (part ?? ""), root));
    else status.textContent = `The archive has no ${kind === "cover" ? "cover letter" : kind} ${number}.`;
  } catch {
    status.textContent = "The number could not be looked up. Try again later.";
  }
  return true;
}

/** An address with a message id, a commit or a series' number in it is looked up in the index. */
async function openNamed() {
  const { lookUp } = await import("./search/look_up.js");
  const found = lookUp(`/${path}${location.search}`);
  if (!found) return;
  status.textContent = "Looking it up in the search index …";
  const link = Object.assign(document.createElement("a"), { href: new URL(`search/?q=${encodeURIComponent(found.text)}`, root) });
  link.textContent = found.text;
  try {
    const page = await found.page(root.href);
    if (page) location.replace(page);
    else status.replaceChildren("The archive has no page for this. Search for ", link, " in its texts.");
  } catch (error) {
    console.error(error);
    status.replaceChildren("The search index could not be read. Try a search for ", link, ".");
  }
}

if (!(await openOtherKind()) && !(await openNumber())) await openNamed();
