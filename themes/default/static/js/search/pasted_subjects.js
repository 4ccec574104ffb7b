// Subjects that people paste, as generator/search/pasted_subjects.py reads them: with what senders and mail programs put
// before them.

import { split, subject } from "./reading.js";
import { words } from "./tokenizer.js";

const REPLY = /^(?:(?:re|fwd?|aw|wg|antw|sv|vb|rv|odp|答复|回复|转发)(?:\[[0-9]{1,3}\])? ?[:：] ?){1,20}/i;
const TAGS = /^(?:\[[A-Za-z0-9 ,./:#&+@_=-]{0,100}\] ?){1,10}/;
const FIELD = /^-?[a-z]+:/;
// `* [PATCH] title @ 2026-03-03 10:12 Name`, as public-inbox lists threads.
const IN_LIST = /^(?:\* )?(\[.+) @ [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{1,2}:[0-9]{2} .*$/;

/** A subject without what mail programs and senders put before it, and without a word that was cut off. */
export function readSubject(text) {
  let title = text;
  for (;;) {
    const shorter = title.replace(REPLY, "").replace(TAGS, "").trim();
    if (shorter === title) break;
    title = shorter;
  }
  if (/(?:\.\.\.|…)$/.test(title)) title = title.slice(0, Math.max(0, title.lastIndexOf(" "))) || title;
  return words(title).length ? [subject(title)] : [];
}

/** `Re: [PATCH] title`, `Fwd: AW: title`. */
export const readReply = (text) => (REPLY.test(text) ? readSubject(text) : []);

/** `[PATCH v2 1/3] title`, also as Patchwork lists it; not if fields of a query follow. */
export function readTagged(written) {
  const text = IN_LIST.exec(written)?.[1] ?? written;
  const tags = TAGS.exec(text);
  if (!tags || split(text.slice(tags[0].length)).some((word) => FIELD.test(word) && !word.endsWith(":"))) return [];
  return readSubject(text);
}

/** Whether a line is a subject by its form: it begins with `Re:` and the like, or with tags. */
export const isSubject = (text) => REPLY.test(text) || readTagged(text).length > 0;
