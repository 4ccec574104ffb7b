// Which mails a query is about, as generator/search/result_kinds.py says: filters alone find patches.

const PATCHES = ["value", "is", "patch"];
const KINDS = ["patch", "cover", "reply"];

/** A query whose filters find patches alone, where nothing in it names a word or a kind of mail. */
export function forResults(node) {
  const [kind, ...rest] = node;
  if (kind === "or") return ["or", ...rest.map(forResults)];
  if (kind === "and") {
    const inner = rest.map((child) => (child[0] === "or" ? forResults(child) : child));
    return ["and", ...inner, ...(inner.some(isBound) ? [] : [PATCHES])];
  }
  return isBound(node) ? node : ["and", node, PATCHES];
}

/** Whether all that a node finds has a word of the query, or is of a kind that it names. */
function isBound([kind, ...rest]) {
  if (["term", "prefix", "word", "phrase"].includes(kind)) return true;
  if (kind === "value" && rest[0] === "commit") return true; // it means patches, by their numbers
  if (kind === "value") return rest[0] === "is" && KINDS.includes(rest[1]);
  if (kind === "and") return rest.some(isBound);
  return kind === "or" && rest.every(isBound);
}
