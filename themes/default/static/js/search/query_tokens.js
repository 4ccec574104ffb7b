// The words and phrases of a query with their places, as generator/search/query_tokens.py finds them.

import { canonical, isField } from "./advice.js";

// A colon before another one, a slash or nothing is no field's: `std::move`, `http://x`, `net: fix`.
const TOKEN = /(^|[ ("])(-(?![A-Za-z0-9_]{1,64}[;,](?: |$)))?(?:([A-Za-z][A-Za-z0-9_-]{0,30}):(?=[^ :/)]))?("[^"]*"|[^ ()"]+(?:\([^ ()"]*\))?)/g;
const DANGLING = /^(?:(?:AND|OR) )+|(?: (?:AND|OR|NOT)){1,9}$/g;
const IN_BRACKETS = /\( ?(?:(?:AND|OR) ){1,9}/g; // the same behind a bracket
const MOST = 100;

/** The words and phrases of a query, operators among them, in their order. */
export function tokens(query) {
  return [...query.matchAll(TOKEN)].slice(0, MOST).map((match) => {
    const [whole, before, sign, name = "", value] = match;
    return new Token(isField(name) ? canonical(name) : "", isField(name) ? "" : name, value, Boolean(sign),
      match.index + before.length, match.index + whole.length);
  });
}

/** A word or a phrase. `field`: the field before it, by its own name; `name`: the same, where it is none. */
class Token {
  constructor(field, name, written, isExcluded, start, end) {
    const isPhrase = written.startsWith('"');
    const value = isPhrase ? written.replaceAll('"', "") : written;
    Object.assign(this, { field, name, value, isPhrase, isExcluded, start, end });
    this.isPlain = !(field || name || isPhrase || isExcluded);
    this.isOperator = this.isPlain && ["AND", "OR", "NOT"].includes(value);
    const before = field || name;
    /** The token as a query of its own, without its sign. */
    this.text = (before && `${before}:`) + (isPhrase ? `"${value}"` : value);
  }

  /** Another value of the same field. */
  withField(value) {
    return this.field ? `${this.field}:${value}` : value;
  }

  /** The query with something else in its place. */
  replaced(query, other) {
    return `${query.slice(0, this.start)}${other}${query.slice(this.end)}`.split(" ").filter(Boolean).join(" ");
  }

  /** The query without it, and without an operator that has nothing to work on then. */
  leftOut(query) {
    return this.replaced(query, "").replace(IN_BRACKETS, "(").replace(DANGLING, "");
  }
}
