// What people copy from a terminal, as generator/search/pasted_tools.py reads it: commands with what they are given, and
// what tools print about a patch.

import { readId, readMessageId } from "./identifiers.js";
import { paths } from "./pasted_code.js";
import { HEX, distinct, query, split, strip } from "./reading.js";

const COMMAND = /^(?:[$#%>] ?)?(?:b4|git|git-pw|pwclient|lei|curl|wget) [a-z-]+ (.{1,2000})$/u;
// Options whose value is somebody's address.
const ADDRESS = /^--?(?:to|cc|bcc|from|author|committer)(?:=|$)/;
const NUMBERED = /^(?:\$ )?(?:git[ -]pw|pwclient) (.{1,200}) ([0-9]{1,15})$/u;
const MESSAGE_ID = /^<?[^ <>@]{1,300}@[^ <>@]{1,300}>?$/u;
const PATCH_FILE = /(?:^|\/)(?:v[0-9]{1,3}-)?[0-9]{4}-[^ /]+\.patch$/;
const PATH = /^[\w.+-]{1,200}(?:\/[\w.+-]{1,200}){1,40}$/;
// `20260303_kim_title_of_it.mbx`, as b4 names what it fetches.
const B4_FILE = /^(?:\.\/)?(?:v[0-9]{1,3}_)?[0-9]{8}_(\w{3,200})\.(?:mbx|cover|eml|patch)$/;
const TITLE = /^(?:Applying: |Patch failed at [0-9]{4} )(.+)$/;
const ABOUT_PATH = new RegExp(
  "^(?:error: patch failed: |patching file |Checking patch |(?:#[0-9]{1,9}: )?FILE: |" +
  "In file included from |(?:CONFLICT \\([^)]{1,60}\\): )?Merge conflict in |Auto-merging |" +
  "error: (?=[^ ]{1,400}: patch does not)|[MADRTUC?]{1,2}[0-9]{0,3} (?=[^ ]{1,400}$))['\"]?([^ :'\"]{1,400})", "u");
const BACKSLASHES = /^(?:[A-Za-z]:)?[\w.+-]{0,200}(?:\\[\w.+-]{1,200}){1,40}\.[A-Za-z]\w{0,9}$/;
const RANGE = new RegExp(`^(${HEX})\\.\\.\\.?(${HEX})$`);
// `2026-03-03 10:12 ` [PATCH] title  Name`, as public-inbox lists a thread.
const IN_THREAD = /^[0-9]{4}-[0-9]{2}-[0-9]{2} [ 0-9]?[0-9]:[0-9]{2} [^\w[]{0,40}\[[^\]]{1,100}\] (.+)$/u;

/** What a line of a terminal is about; nothing where it is none, or doesn't say. */
export function readTool(text) {
  const [, tool, number] = NUMBERED.exec(text) ?? [];
  if (number) return readId(number, tool.includes("series") ? "series" : "patch");
  const command = COMMAND.exec(text);
  if (command) return readArguments(split(command[1]));
  const told = ABOUT_PATH.exec(text);
  if (told) return paths(told[1]);
  const named = B4_FILE.exec(text);
  if (named) return [query(named[1].split("_").join(" "))];
  if (BACKSLASHES.test(text)) return paths(text.replace(/^[A-Za-z]:/, "").replaceAll("\\", "/"));
  const between = RANGE.exec(text);
  if (between) return distinct(between.slice(1).flatMap((one) => readId(one).slice(0, 1)));
  const entry = IN_THREAD.exec(text);
  return entry ? [query(entry[1])] : [];
}

/** The title of a patch that `git am` names; empty where a line is none of its. */
export const titleTold = (text) => TITLE.exec(text)?.[1] ?? "";

/** The name of a patch's file that a command is given, or that stands in a folder; else empty. */
export function patchFile(text) {
  const last = text.slice(text.lastIndexOf(" ") + 1);
  if (!PATCH_FILE.test(last) || !(last === text || COMMAND.test(text))) return "";
  return last.slice(last.lastIndexOf("/") + 1);
}

function readArguments(given) {
  const ids = [], files = [];
  let before = "";
  for (const argument of given.slice(0, 100)) {
    const equals = argument.indexOf("=");
    const value = strip((equals >= 0 && argument.slice(equals + 1)) || argument, "'\"<>\\,;");
    if (MESSAGE_ID.test(value) && !ADDRESS.test(argument) && !ADDRESS.test(before)) ids.push(value);
    else if (PATH.test(value)) files.push(value);
    before = equals < 0 ? argument : "";
  }
  if (ids.length) return readMessageId(ids[0]);
  return files.length ? paths(files.at(-1)) : [];
}
