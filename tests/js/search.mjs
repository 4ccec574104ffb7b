// Searches a built index (folder in the second argument) with the browser's engine: a query a line, as JSON.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { inflateRawSync } from "node:zlib";

// Unpacks at once, in no other thread: what the engine asks for next doesn't depend on how fast the machine is.
globalThis.DecompressionStream = class extends TransformStream {
  constructor() {
    const chunks = [];
    super({
      transform: (chunk) => void chunks.push(chunk),
      flush: (controller) => controller.enqueue(inflateRawSync(Buffer.concat(chunks))),
    });
  }
};

const [, , modules, output] = process.argv;
const { parse, parseExact, parseTitle } = await import(`${modules}/query_parser.js`);
const { prepare } = await import(`${modules}/plain.js`);
const { search } = await import(`${modules}/engine.js`);
const { countFacets } = await import(`${modules}/facets.js`);
const { explain } = await import(`${modules}/explain.js`);
const { namedHits, withNamedFirst } = await import(`${modules}/opening.js`);
const { Index } = await import(`${modules}/index_reader.js`);

const fetched = [];
let trips = 0, waiting = [];

// Requests that are under way together are answered together, once the engine has nothing more to ask for: a round trip.
const get = (url) => new Promise((resolve) => {
  fetched.push(url);
  waiting.push([url, resolve]);
  if (waiting.length === 1) idle(12);
});
const idle = (turns) => setImmediate(() => (turns ? idle(turns - 1) : answerAll()));

async function answerAll() {
  const batch = waiting;
  [trips, waiting] = [trips + 1, []];
  const missing = () => new Response(null, { status: 404 });
  const answers = batch.map(([url]) => readFile(url).then((content) => new Response(content), missing));
  (await Promise.all(answers)).forEach((answer, n) => batch[n][1](answer));
}

const open = () => Index.open(`${output}/search/`, get);
const kept = await open();
for await (const line of createInterface({ input: process.stdin })) {
  const { query, limit = 1e6, order = "", budget = Infinity, also } = JSON.parse(line);
  fetched.length = trips = 0;
  let answer;
  try {
    const index = also === "cold" ? await open() : kept;
    await prepare(query);
    const node = parse(query);
    const earlier = [];
    const early = (hits) => earlier.push(hits.map(({ id }) => id));
    const named = await namedHits(index, parseExact(query) ?? parseTitle(query));
    const { hits: found, total, exact, further, looked } = await search(index, node, { limit, order, budget, early });
    const hits = withNamedFirst(named, found, limit);
    answer = { ids: hits.map(({ id }) => id), keys: hits.map(({ page, id, reply }) => [page, id, reply]), total, exact, further, looked, fetched: fetched.length, trips, first: hits[0] };
    if (also === "early") answer.early = earlier;
    if (also === "facets") answer.facets = await countFacets(index, node);
    if (also === "advice") answer.advice = (await explain(index, query, total)).map((one) => [one.reason, one.query]);
  } catch (error) {
    answer = { error: error.message, stale: error.stale };
  }
  console.log(JSON.stringify(answer));
}
