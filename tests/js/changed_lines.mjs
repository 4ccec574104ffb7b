// Reads diffs as JSON, one a line; prints the lines that each adds and removes, as [sign, text].
import { createInterface } from "node:readline";

const { someChangedLine } = await import(`${process.argv[2]}/diff_lines.js`);
for await (const line of createInterface({ input: process.stdin })) {
  const found = [];
  someChangedLine(JSON.parse(line), (sign, text) => { found.push([sign, text]); });
  console.log(JSON.stringify(found));
}
