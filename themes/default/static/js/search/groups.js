// Results in groups: the patches of one series, and of its other versions.

/** The version that a subject's prefixes name: 2 of `[PATCH v2 1/3] x`; 1 where they name none. */
export function versionOf(name) {
  return Number(/^\s*\[[^\]]*?\bv(\d{1,3})\b[^\]]*\]/i.exec(name)?.[1] ?? 1);
}

const titleOf = (name) => name.replace(/^(?:\s*\[[^\]]*\])+\s*/, "").trim().toLowerCase();

/**
 * Hits in groups, in the order of the first hit of each: [{ hits, versions }], the newest version's hits first.
 * Patches belong together that are in one series, or that have the same sender and title in different versions.
 */
export function groupHits(hits) {
  const firstOf = new Map(hits.map((hit) => [hit, hit])); // hit → one that came before it in its group
  const first = (hit) => {
    let at = hit;
    while (firstOf.get(at) !== at) at = firstOf.get(at);
    firstOf.set(hit, at);
    return at;
  };
  const place = new Map(hits.map((hit, n) => [hit, n]));
  const join = (one, other) => {
    const [a, b] = [first(one), first(other)].sort((x, y) => place.get(x) - place.get(y));
    firstOf.set(b, a);
  };
  const bySeries = new Map(), byTitle = new Map();
  for (const hit of hits) {
    if (hit.series !== null) {
      if (bySeries.has(hit.series)) join(bySeries.get(hit.series), hit);
      else bySeries.set(hit.series, hit);
    }
    const title = `${hit.submitter}\n${titleOf(hit.name)}`;
    const versions = byTitle.get(title) ?? byTitle.set(title, new Map()).get(title);
    const version = versionOf(hit.name);
    if (!versions.has(version)) {
      for (const other of [...versions.values()].slice(0, 1)) join(other, hit);
      versions.set(version, hit);
    }
  }
  const groups = new Map();
  for (const hit of hits) {
    const key = first(hit);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(hit);
  }
  return [...groups.values()].map((members) => ({
    hits: members.sort((a, b) => versionOf(b.name) - versionOf(a.name) || place.get(a) - place.get(b)),
    versions: new Set(members.map(({ name }) => versionOf(name))).size,
  }));
}
