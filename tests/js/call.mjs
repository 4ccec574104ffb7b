// Calls functions of the search's modules: a line each, as JSON: [module, function, arguments].
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin })) {
  const [module, name, given] = JSON.parse(line);
  console.log(JSON.stringify((await import(`${process.argv[2]}/${module}.js`))[name](...given)));
}
