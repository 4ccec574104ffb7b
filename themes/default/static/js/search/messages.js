// What the page says about an answer: how much of the archive it is from, and why it may be empty.

/** A sentence about an outcome of `search`, or none. */
export function note({ hits, further, looked, unsettled }, order) {
  if (!hits.length && !further) return ""; // the count says it
  if (unsettled) return "So far only the newest diffs that may have this phrase were searched.";
  const part = `the newest ${looked.toLocaleString("en")} mails were searched`;
  if (order === "relevance" && further) return `The best so far: ${part}.`;
  return further ? `So far ${part}.` : "";
}
