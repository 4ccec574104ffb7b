// Reads pasted texts (one JSON string a line) and prints what the browser's code makes of each: `readings`, what it takes
// the text for, as [field, text] pairs; `line`, what the search box shows of several lines; `typed`, the query while it
// is being typed.
import { createInterface } from "node:readline";

const { prepare, read } = await import(`${process.argv[2]}/plain.js`);
const { inOneLine } = await import(`${process.argv[2]}/pasting.js`);
const { asTyped } = await import(`${process.argv[2]}/typing.js`);
for await (const line of createInterface({ input: process.stdin })) {
  const text = JSON.parse(line);
  await prepare(text);
  const readings = read(text).map(({ field, text: value }) => [field, value]);
  console.log(JSON.stringify({ readings, line: inOneLine(text), typed: asTyped(text) }));
}
