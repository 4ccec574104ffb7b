// What values of a query mean in the columns of the index, as generator/search/column_values.py says.

import { FATES, FIXED_VALUES, MAIL_KINDS } from "./fields.js";

// Bits of the flags.
const ARCHIVED = 0, CHECK = 1, TAGS = 3, COMMENTS = 6, LATEST = 7, CHECKED = 8, FATE = 9, STATUS = 11;

/** Whether a kind of mail, by its number, is one that a value of `is:` means; null where it means no kind. */
export function isKind(value, kind) {
  if (value === "reply") return MAIL_KINDS[kind].endsWith("-comment");
  return value === "patch" || value === "cover" ? MAIL_KINDS[kind] === value : null;
}

/** A test of a mail's state, delegate and flags for a value of a column. */
export function hasValue(index, column, wanted) {
  const is = (name) => String(name).toLowerCase() === wanted;
  // States count from 1: cover letters have none.
  const inState = (test) => (state) => state > 0 && test(String(index.states[state - 1]).toLowerCase());
  const flag = (bit) => (state, delegate, flags) => Boolean((flags >> bit) & 1);
  const became = (...fates) => (state, user, flags) => fates.includes(fateOf(flags));
  const tests = {
    state: () => inState((name) => name === wanted),
    delegate: () => (state, user) => state > 0 && (user ? is(index.delegates[user - 1]) : wanted === "nobody"),
    archived: () => (state, user, flags) => Boolean((flags >> ARCHIVED) & 1) === (wanted === "yes"),
    check: () => (state, user, flags) => state > 0 && FIXED_VALUES.check[(flags >> CHECK) & 3] === wanted,
    status: () => (state, user, flags) => FIXED_VALUES.status[((flags >> STATUS) & 15) - 1] === wanted,
    tag: () => flag(TAGS + FIXED_VALUES.tag.indexOf(wanted)),
    "is open": () => inState((name) => index.openStates.includes(name)),
    "is closed": () => inState((name) => !index.openStates.includes(name)),
    "is landed": () => became("landed", "reverted"),
    "is reverted": () => became("reverted"),
    "is latest": () => flag(LATEST),
    "is unanswered": () => (state, user, flags) => !((flags >> COMMENTS) & 1),
    "has comments": () => flag(COMMENTS),
    "has checks": () => flag(CHECKED),
    "has tags": () => (state, user, flags) => Boolean((flags >> TAGS) & 7),
    "has delegate": () => (state, user) => user > 0,
  };
  return (tests[column] ?? tests[`${column} ${wanted}`])();
}

const fateOf = (flags) => FATES[(flags >> FATE) & 3];

/** What the flags say of a patch: its worst check, the tags that others gave it, and what became of it. */
export const readFlags = (flags) => ({
  archived: Boolean(flags & 1),
  check: FIXED_VALUES.check[(flags >> CHECK) & 3],
  tags: FIXED_VALUES.tag.filter((_, n) => (flags >> (TAGS + n)) & 1),
  fate: fateOf(flags),
});
