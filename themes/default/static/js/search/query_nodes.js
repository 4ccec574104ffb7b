// The nodes of a parsed query, as generator/search/query_nodes.py describes and to_json writes them:
// ["term", text, fields] ["prefix", text, fields] ["word", term, …] ["phrase", words, fields, exact]
// ["value", column, value] ["date", start, end] ["number", column, lowest, highest] ["and", …] ["or", …] ["not", node]

/** The words that a query wants, as opposed to those it excludes, each as terms of which one suffices. */
export function wantedWords([kind, ...rest]) {
  if (kind === "and" || kind === "or") return rest.flatMap(wantedWords);
  if (kind === "word") return [rest];
  if (kind === "term" || kind === "prefix") return [[[kind, ...rest]]];
  if (kind === "phrase") return rest[0].map((word) => [["term", word, rest[1]]]);
  return [];
}

/** AND or OR of nodes, flat, each once, and without the operator around a single one; null for none. */
export function join(kind, nodes) {
  const every = nodes.filter(Boolean).flatMap((node) => (node[0] === kind ? node.slice(1) : [node]));
  const flat = [...new Map(every.map((node) => [JSON.stringify(node), node])).values()];
  return flat.length > 1 ? [kind, ...flat] : flat[0] ?? null;
}
