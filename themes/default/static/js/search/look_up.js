// Looks up in the index what an address names.

import { Index } from "./index_reader.js";
import { namedHits, namedPage } from "./opening.js";
import { readUrl } from "./pasted_urls.js";
import { exactNode } from "./query_values.js";
import { isExact } from "./reading.js";

/** What an address (from its path on) names: { text, page }, its value and a function that finds its page; or null. */
export function lookUp(address) {
  const named = readUrl(address).find(isExact);
  if (!named) return null;
  const text = `${named.field}:${named.text}`;
  return { text, page: (root) => find(named, root) };
}

async function find(named, root) {
  const index = await Index.open(`${root}search/`);
  return namedPage([named], await namedHits(index, exactNode(named)), root);
}
