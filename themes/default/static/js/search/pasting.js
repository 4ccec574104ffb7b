// Several lines that are pasted into a search box, which has only one: they become what they stand for.

import { prepare, read } from "./plain.js";
import { asQuery, isExact } from "./reading.js";

/** Put what a pasted text of several lines stands for into a field, in place of what is selected there. */
export async function insertPasted(field, text) {
  await prepare(text);
  field.setRangeText(inOneLine(text), field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** One line that is read as the several lines are, for which `prepare` of plain.js was called. */
export function inOneLine(text) {
  const readings = read(text);
  const exact = readings.filter(isExact);
  const title = readings.find(({ field }) => field === "s");
  const [first] = exact;
  if (!first) return title ? `Subject: ${title.text}` : asQuery(readings);
  if (first.field === "commit") return title ? `commit ${first.text} ("${title.text}")` : `commit ${first.text}`;
  if (!exact.every(({ field }) => field === "m")) return `${first.field}:${first.text}`;
  const ids = exact.map(({ text: id }) => `<${id}>`).join(" ");
  return `Message-ID: ${ids}`;
}
