// What a text names, such as a message id, a commit or an address, stands first among the results; and if it is one
// page, that page is opened at once.

import { search } from "./engine.js";
import { pageOf } from "./index_reader.js";
import { pageOfNumber } from "./number_pages.js";
import { isExact } from "./reading.js";

const MOST = 100; // results that may stand first

/** The hits of what is named alone (a node, or null). */
export async function namedHits(index, node, signal) {
  return node ? (await search(index, node, { limit: MOST, signal })).hits : [];
}

/** The first hits, with those that are named before the others. */
export function withNamedFirst(named, hits, limit) {
  if (!named.length) return hits;
  const keys = new Set(named.map(({ key }) => key));
  return [...named, ...hits.filter(({ key }) => !keys.has(key))].slice(0, limit);
}

/**
 * The URL of the one page that a text names, given what it stands for and the hits of that; null where it names none, or
 * several. Throws what fetch does.
 */
export async function namedPage(readings, hits, root) {
  const exact = readings.filter(isExact);
  if (!exact.length) return null;
  const [first] = hits;
  if (hits.length === 1) {
    const page = `${root}${pageOf(first, [first.project])}`;
    return (first.reply ?? null) === null ? page : `${page}#${first.reply}`; // a reply stands on the page of its patch
  }
  if (first && exact.length === 1 && exact[0].field === "series") {
    return `${root}project/${encodeURIComponent(first.project.slug)}/series/${exact[0].text}/`;
  }
  const numbered = first ? null : exact.find(({ field }) => field === "cover" || field === "comment");
  if (!numbered) return null;
  const page = await pageOfNumber(new URL(root, document.baseURI), numbered.field, numbered.text);
  return page && `${root}${page}`;
}

// Whoever comes back to the query wants to see its results, not the page once more.
const OPENED = { opened: true };

/** Whether this entry of the history has opened a page already. */
export const hasOpened = () => history.state?.opened === true;

/** Go to a page, so that the way back leads to the results. */
export function openPage(page) {
  history.replaceState(OPENED, "");
  location.assign(page);
}
