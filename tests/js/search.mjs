// Searches a built index (folder in the second argument) with the browser's engine: a query a line, as JSON.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Duplex } from "node:stream";
import { createInflateRaw } from "node:zlib";

// Node.js before 20.12 unpacks raw deflate only by its own library.
try {
  new DecompressionStream("deflate-raw");
} catch {
  globalThis.DecompressionStream = function raw() {
    return Duplex.toWeb(createInflateRaw());
  };
}

const [, , modules, output] = process.argv;
const { parse, parseExact, parseTitle } = await import(`${modules}/query_parser.js`);
const { search } = await import(`${modules}/engine.js`);
const { countFacets } = await import(`${modules}/facets.js`);
const { explain } = await import(`${modules}/explain.js`);
const { namedHits, withNamedFirst } = await import(`${modules}/opening.js`);
const { Index } = await import(`${modules}/index_reader.js`);

const fetched = [];
const get = async (url) => {
  fetched.push(url);
  try {
    return new Response(await readFile(url));
  } catch {
    return new Response(null, { status: 404 });
  }
};

const index = await Index.open(`${output}/search/`, get);
for await (const line of createInterface({ input: process.stdin })) {
  const { query, limit = 1e6, order = "", budget = Infinity, also } = JSON.parse(line);
  fetched.length = 0;
  let answer;
  try {
    const node = parse(query);
    const earlier = [];
    const early = (hits) => earlier.push(hits.map(({ id }) => id));
    const named = await namedHits(index, parseExact(query) ?? parseTitle(query));
    const { hits: found, total, exact, further, looked } = await search(index, node, { limit, order, budget, early });
    const hits = withNamedFirst(named, found, limit);
    answer = { ids: hits.map(({ id }) => id), keys: hits.map(({ page, id, reply }) => [page, id, reply]), total, exact, further, looked, fetched: fetched.length, first: hits[0] };
    if (also === "early") answer.early = earlier;
    if (also === "facets") answer.facets = await countFacets(index, node);
    if (also === "advice") answer.advice = (await explain(index, query, total)).map((one) => [one.reason, one.query]);
  } catch (error) {
    answer = { error: error.message, stale: error.stale };
  }
  console.log(JSON.stringify(answer));
}
