// Reads queries (one JSON string a line) and prints what the browser's parser makes of each.
import { createInterface } from "node:readline";

const { prepare } = await import(`${process.argv[2]}/plain.js`);
const { parse } = await import(`${process.argv[2]}/query_parser.js`);
const { QueryError } = await import(`${process.argv[2]}/errors.js`);
const today = new Date(process.argv[3]);
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    await prepare(JSON.parse(line));
    answer = parse(JSON.parse(line), today);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    answer = { error: error.message };
  }
  console.log(JSON.stringify(answer));
}
