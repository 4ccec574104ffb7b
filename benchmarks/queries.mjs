// What searches cost a reader: bytes, files, round trips and time of script, by the site's own client.
// node benchmarks/queries.mjs OUTPUT QUERIES.json → a JSON array, a result for each query.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { pathToFileURL } from "node:url";

const [output, list] = process.argv.slice(2);
const scripts = path.join(output, "static/js/search");
const load = (name) => import(pathToFileURL(path.resolve(scripts, name)));
const { Index } = await load("index_reader.js");
const { search } = await load("engine.js");
const { parse } = await load("query_parser.js");

/** Answers requests in batches: all that are under way together cost one round trip. */
class Network {
  files = 0;
  bytes = 0;
  trips = 0;
  waiting = [];

  get = (url) => new Promise((resolve) => {
    this.waiting.push([url, resolve]);
    if (this.waiting.length === 1) this.#soon(0);
  });

  #soon(idle) {
    // A batch is whole when the script has had its turns and asks for nothing more.
    setImmediate(() => (idle < 12 ? this.#soon(idle + 1) : this.#answer()));
  }

  async #answer() {
    const batch = this.waiting;
    this.waiting = [];
    this.trips += 1;
    const contents = await Promise.all(batch.map(([url]) => readFile(path.join(output, url))));
    batch.forEach(([, resolve], n) => {
      this.files += 1;
      this.bytes += contents[n].length;
      resolve(new Response(contents[n]));
    });
  }
}

async function codeSize() {
  const names = ["main.js"];
  const texts = [];
  for (const name of names) {
    const text = await readFile(path.join(scripts, name), "utf8");
    texts.push(text);
    for (const [, other] of text.matchAll(/from\s*"\.\/([a-z_]+\.js)"/g)) if (!names.includes(other)) names.push(other);
  }
  return texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
}

async function ask(index, network, query, options) {
  const before = { files: network.files, bytes: network.bytes, trips: network.trips };
  const start = process.cpuUsage();
  const answer = await search(index, parse(query), options);
  const { user, system } = process.cpuUsage(start);
  return {
    files: network.files - before.files, bytes: network.bytes - before.bytes, trips: network.trips - before.trips,
    ms: (user + system) / 1000, total: answer.total, exact: answer.exact, hits: answer.hits.length,
  };
}

const code = await codeSize();
const found = [];
const warm = new Network();
const kept = await Index.open("search/", warm.get);
for (const { name, query, order = "" } of JSON.parse(await readFile(list, "utf8"))) {
  const network = new Network();
  const index = await Index.open("search/", network.get);
  const entry = network.bytes;
  const cold = await ask(index, network, query, { order });
  const again = await ask(kept, warm, query, { order });
  found.push({ name, query, cold: { ...cold, bytes: cold.bytes + entry + code }, warm: again });
}
console.log(JSON.stringify({ code, queries: found }));
