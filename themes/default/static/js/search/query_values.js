// What the fields of a query mean that are no text, as generator/search/query_values.py says: whole values, and the values
// of columns.

import { QueryError } from "./errors.js";
import { DIGITS, EXACT, FIXED_VALUES, MAX_BLOB, MAX_HASH, MIN_BLOB, MIN_PREFIX, SHORTEST_BLOB, VALUE_SYNONYMS } from "./fields.js";
import { readId } from "./identifiers.js";
import { join } from "./query_nodes.js";
import { HEX, cut, isExact, reading, strip } from "./reading.js";

const IS_HEX = new RegExp(`^${HEX}$`);
const YES = { yes: true, true: true, 1: true, no: false, false: false, 0: false };
// Fields that take several values, of which one suffices: `state:new,under-review`.
const OF_SEVERAL = ["state", "status", "is", "check", "tag", "delegate", "release"];

// Names of values that are given by how they begin → the terms that they mean.
export const BEGINNINGS = { dfpre: ["dfpre"], dfpost: ["dfpost"], dfblob: ["dfpre", "dfpost"], patchid: ["hash"] };

/** A whole value; of a commit or a hash, the beginning. */
export function exactNode({ field, text }) {
  const start = text.slice(0, MAX_HASH);
  const terms = ["commit", "hash"].map((name) => ["prefix", `${name}:${start}`, EXACT]);
  if (field === "commit") return ["or", ...terms, ["value", "commit", text.slice(0, DIGITS)]];
  return ["term", cut(`${field}:${text}`, 300), EXACT];
}

/** A field that is no text: a column's value, a whole message id or series number. */
export function valueNode(field, text) {
  const plain = text.toLowerCase();
  if (field === "m") return messageIdNode(strip(plain, "<>"));
  if (field === "series") {
    if (!/^[0-9]+$/.test(plain)) throw new QueryError(`series: takes the number of a series, not ${text}`);
    return exactNode(reading("series", plain.replace(/^0+/, "") || "0"));
  }
  if (field === "commit") {
    if (!IS_HEX.test(plain)) throw new QueryError(`commit: takes 7 or more letters of a commit id, not ${text}`);
    return exactNode(reading("commit", plain));
  }
  if (field === "id") {
    const exact = readId(text).filter(isExact);
    if (!exact.length) throw new QueryError("id: takes the number of a patch, or a message id");
    return exactNode(exact[0]);
  }
  if (field === "archived") {
    if (!Object.hasOwn(YES, plain)) throw new QueryError(`archived: takes yes or no, not ${text}`);
    return ["value", "archived", YES[plain] ? "yes" : "no"];
  }
  if (field === "prefix") return ["term", Array.from(`prefix:${plain}`).slice(0, 100).join(""), EXACT];
  if (!OF_SEVERAL.includes(field)) return columnNode(field, plain, text);
  const values = plain.split(/[,|]/).map((value) => value.trim()).filter(Boolean);
  return join("or", (values.length ? values : [plain]).map((value) => columnNode(field, value, text)));
}

/** A message id, or how it begins. */
function messageIdNode(text) {
  const start = text.replace(/(?<!\*)\*+$/, "");
  if (start !== text && Array.from(start).length >= MIN_PREFIX) return ["prefix", cut(`m:${start}`, 300), EXACT];
  return exactNode(reading("m", text));
}

/** The value of a column, of which `text` is what was written. */
function columnNode(field, written, text) {
  let value = written;
  if (field === "project") value = strip(value, "<>"); // as a list's own id and address have it: <git.vger.kernel.org>
  if (["state", "status", "is"].includes(field)) value = value.replaceAll(" ", "-");
  if (field === "tag" || field === "is") value = value.replace(/-by$/, "");
  const synonyms = VALUE_SYNONYMS[field] ?? {};
  if (Object.hasOwn(synonyms, value)) value = synonyms[value];
  if (field === "is" && FIXED_VALUES.tag.includes(value)) return ["value", "tag", value];
  if (field === "is" && value === "archived") return ["value", "archived", "yes"];
  const fixed = FIXED_VALUES[field];
  if ((field === "is" || field === "status") && !fixed.includes(value)) return ["value", "state", value];
  if (fixed && !fixed.includes(value)) throw new QueryError(`${field}: takes one of ${fixed.join(", ")}, not ${text}`);
  return ["value", field, value];
}

/** A blob or a hash by its first digits; the index has no more than MAX_BLOB or MAX_HASH. */
export function beginningNode(field, text) {
  if (!/^[0-9a-f]{4,64}$/.test(text)) {
    throw new QueryError(`${field}: takes at least ${MIN_BLOB} hexadecimal digits, not ${text}`);
  }
  const names = BEGINNINGS[field];
  if (names[0] === "hash") return ["prefix", `hash:${text.slice(0, MAX_HASH)}`, EXACT];
  const start = text.slice(0, MAX_BLOB);
  const sizes = Array.from({ length: Math.max(0, start.length - SHORTEST_BLOB) }, (_, n) => SHORTEST_BLOB + n);
  const shorter = sizes.map((size) => start.slice(0, size));
  // A diff may abbreviate a blob further than the query does.
  return join("or", names.flatMap((name) =>
    [["prefix", `${name}:${start}`, EXACT], ...shorter.map((part) => ["term", `${name}:${part}`, EXACT])]));
}
