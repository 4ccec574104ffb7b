// What a text stands for: a plain query is one at once; what reads everything else is loaded when it is needed.

import { NAMES } from "./fields.js";
import { query } from "./reading.js";

// Fields that no header of a mail is called, and no tool.
const FIELDS = "s|nq|q|b|bs|f|t|c|a|tc|tcf|by|dfn|dfhh|dfb|dfa|d|dt|rt|is|has|state|status|project|delegate|check|tag|archived|prefix|v|n|size"
  .split("|").filter((name) => NAMES.includes(name)).join("|");
const WORD = "[\\p{L}_][\\p{L}\\p{N}_-]{0,99}";
const NUMBERS = "(?:(?:d|dt|rt|v|n|size|landed):[0-9.<>=-]{1,30}|release:[A-Za-z0-9.-]{1,30})";
const TOKEN = `\\(*-?(?:${NUMBERS}|(?:(?:${FIELDS}):)?(?:${WORD}\\*?|"(?:${WORD} )*${WORD}"))\\)*`;
const WORDS = new RegExp(`^${TOKEN}(?: ${TOKEN})*$`, "u");
// No beginning of a file's name by git or of a diff's path, no patch, and no address.
const PATH = /^(?:dfn:)?(?![ab]\/)[A-Za-z_][A-Za-z0-9_-]{0,99}(?:\/[A-Za-z0-9_-]{1,99}){0,20}(?:\/|\.(?:[chs]|cc|cpp|go|py|pl|rs|sh|js|txt|md|rst|at|am|ac|in|mk))?$/;
// What may be a commit, or the name of a file that is known without an ending.
const TELLING = /[0-9a-f]{7}|Makefile|Kconfig|Kbuild|README|MAINTAINERS/i;
const WITH_NUMBER = /(?:^|\/)(?:v[0-9]{1,3}-)?[0-9]{4}-/;

let readPasted = null;

/** Whether a text is a query and nothing else, for sure. */
export function isPlain(text) {
  const bare = text.trim();
  if (!bare) return true;
  return bare.length < 500 && !TELLING.test(bare) && (WORDS.test(bare) || (PATH.test(bare) && !WITH_NUMBER.test(bare)));
}

/** Load what is needed to read a text. */
export async function prepare(text) {
  if (!readPasted && !isPlain(text)) readPasted = (await import("./pasted.js")).read;
}

/** What a text may stand for (see pasted.js), once `prepare` is through with it. */
export function read(text) {
  if (readPasted) return readPasted(text);
  if (!isPlain(text)) throw new Error("what reads pasted texts is not loaded");
  return [query(text.trim())];
}
