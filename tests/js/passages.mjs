// Fetches passages with the browser's code: a line each, as JSON: { hit, view, answers }. `answers`: URL → text.
// Prints the passage, and what was asked for, as [URL, range].
import { createInterface } from "node:readline";

const { fetchPassage } = await import(`${process.argv[2]}/passage.js`);
for await (const line of createInterface({ input: process.stdin })) {
  const { hit, view: { sendsParts, ...view }, answers } = JSON.parse(line);
  const asked = [];
  globalThis.fetch = async (url, { headers }) => {
    asked.push([url, headers?.Range ?? ""]);
    return url in answers ? new Response(answers[url]) : new Response(null, { status: 404 });
  };
  const words = [[["term", "gap", 255]]];
  const passage = await fetchPassage(hit, "../page/", { root: "../", ...view, words, sendsParts: () => sendsParts })
    .catch((error) => error.message);
  console.log(JSON.stringify({ passage, asked }));
}
