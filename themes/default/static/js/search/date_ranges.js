// Dates in queries, as generator/search/date_ranges.py reads them.

import { QueryError } from "./errors.js";

const MONTHS = [
  "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
];

/** `2026-01..2026-03`, either end open; a single date means that year, month or day; `>2026` what comes after. */
export function dateRange(text, today) {
  const compared = /^([<>])(=?)(.+)$/.exec(text);
  if (compared) {
    const [start, end] = period(compared[3], today);
    return compared[1] === ">" ? ["date", compared[2] ? start : end, null] : ["date", null, compared[2] ? end : start];
  }
  const dots = text.indexOf("..");
  const first = dots < 0 ? text : text.slice(0, dots), last = dots < 0 ? "" : text.slice(dots + 2);
  const start = first ? period(first, today)[0] : null;
  let end = last ? period(last, today)[1] : null;
  if (dots < 0) end = period(first, today)[1];
  return ["date", start, end];
}

/** The same of the date of the commit that a patch became. */
export function landedRange(text, today) {
  try {
    const [, start, end] = dateRange(text, today);
    return ["number", "landed", start, end === null ? null : end - 1];
  } catch (error) {
    if (error instanceof QueryError) throw new QueryError(`landed${error.message.slice(1)}`);
    throw error;
  }
}

/** What one date bounds, on the side that DATE_BOUNDS in fields.js names. */
export function dateBound(side, text, today) {
  const [start, end] = period(text, today);
  return side === "from" ? ["date", start, null] : ["date", null, side === "to" ? end : start];
}

// Of a day with a time (public-inbox's `dt:` has fourteen digits) the time is left out.
const TIME = /^(\d{8}|\d{4}-\d\d-\d\d)(?:\d{6}|[t.][\d:]{1,12}(?:\.\d{1,9})?(?:z|[+-][\d:]{2,6})?)$/;
// `3.jan.2026`, `january.3.2026`, `jan.2026`.
const NAMED = /^(?:(\d{1,2})\.)?([a-z]{3,9})\.(?:(\d{1,2})\.)?(\d{4})$/;

/** A date in one form: `2026/3/1`, `2 weeks ago` and `3 Jan 2026` with their separators. */
function plainDate(written) {
  const text = written.replace(/^[ .]+/, "").replace(/(?<![ .])[ .]+$/, "").split(/[ ._,]+/).join(".");
  const time = TIME.exec(text);
  if (time) return time[1];
  const [, before, name, after, year] = NAMED.exec(text) ?? [];
  const number = 1 + MONTHS.findIndex((month) => name === month || name === month.slice(0, 3) || (name === "sept" && month === "september"));
  const two = (part) => String(Number(part)).padStart(2, "0");
  if (name && number && !(before && after)) return `${year}-${two(number)}${before ?? after ? `-${two(before ?? after)}` : ""}`;
  return /[/-]/.test(text) ? text.split(/[/-]/).map((part) => part.padStart(2, "0")).join("-") : text;
}

/** `yesterday`, `last.month`, `2.weeks.ago`, `30d` as a day; anything else as it is. */
function ago(text, today) {
  const date = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()));
  const [, number, name, end] = /^(?:last\.|(\d{1,4})\.?)(d|w|m|y|day|week|month|year)(s?(?:\.ago)?)$/.exec(text) ?? [];
  const count = Number(number ?? 1), unit = name?.[0];
  if (text === "yesterday") date.setUTCDate(date.getUTCDate() - 1);
  else if (text !== "today" && text !== "now") {
    if (!unit || (number === undefined && end)) return text;
    if (unit === "d" || unit === "w") date.setUTCDate(date.getUTCDate() - count * (unit === "w" ? 7 : 1));
    else {
      const day = date.getUTCDate();
      date.setUTCDate(1);
      date.setUTCMonth(date.getUTCMonth() - count * (unit === "y" ? 12 : 1));
      const last = new Date(Date.UTC(2000, 0, 1));
      last.setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() + 1, 0);
      date.setUTCDate(Math.min(day, last.getUTCDate()));
    }
  }
  return date.getUTCFullYear() < 1 ? text : date.toISOString().slice(0, 10);
}

/** The seconds at which a year, a month or a day begins and ends. */
function period(text, today) {
  const match = /^(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?$/.exec(ago(plainDate(text), today));
  const [year, month, day] = (match ?? []).slice(1).map((part) => part && Number(part));
  const at = (y, m, d) => {
    const date = new Date(0);
    date.setUTCFullYear(y, m - 1, d);
    return date;
  };
  const start = match && at(year, month ?? 1, day ?? 1);
  const valid = start && year > 0 && start.getUTCFullYear() === year
    && (month === undefined || start.getUTCMonth() === month - 1)
    && (day === undefined || start.getUTCDate() === day);
  if (!valid) throw new QueryError(`d: takes dates such as 2026, 2026-02-28, yesterday or 2.weeks.ago, not ${text}`);
  const end = day ? at(year, month, day + 1) : month ? at(year, month + 1, 1) : at(year + 1, 1, 1);
  return [start.getTime() / 1000, end.getTime() / 1000];
}
