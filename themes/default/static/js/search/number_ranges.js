// Numbers in queries, as generator/search/number_ranges.py reads them.

import { QueryError } from "./errors.js";

/** A number, a comparison, or a range with both ends included, either of which may be open. */
export function numberRange(field, text) {
  const [, sign, equal, number] = /^([<>]?)(=?)([0-9]{1,9})$/.exec(text) ?? [];
  if (number !== undefined) {
    const bound = Number(number);
    if (sign === ">") return ["number", field, bound + (equal ? 0 : 1), null];
    if (sign === "<") return ["number", field, null, bound - (equal ? 0 : 1)];
    return ["number", field, bound, bound];
  }
  const range = /^([0-9]{0,9})\.\.([0-9]{0,9})$/.exec(text);
  if (!range || text === "..") {
    throw new QueryError(`${field}: takes a number or a range such as 10..50, 10.. or >50, not ${text}`);
  }
  const [lowest, highest] = range.slice(1).map((end) => (end ? Number(end) : null));
  return ["number", field, lowest, highest];
}
