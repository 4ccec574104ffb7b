// Dates in queries, as generator/search/date_ranges.py reads them.

import { QueryError } from "./errors.js";

/** `2026-01..2026-03`, either end open; a single date means that year, month or day. */
export function dateRange(text, today) {
  const dots = text.indexOf("..");
  const first = dots < 0 ? text : text.slice(0, dots), last = dots < 0 ? "" : text.slice(dots + 2);
  const start = first ? period(first, today)[0] : null;
  let end = last ? period(last, today)[1] : null;
  if (dots < 0) end = period(first, today)[1];
  return ["date", start, end];
}

/** `yesterday`, `last.month`, `2.weeks.ago` as a day; anything else as it is. */
function ago(text, today) {
  const date = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()));
  const [, number, unit, end] = /^(?:last\.|(\d{1,4})\.)(day|week|month|year)(s?\.ago)?$/.exec(text) ?? [];
  const count = Number(number ?? 1);
  if (text === "yesterday") date.setUTCDate(date.getUTCDate() - 1);
  else if (text !== "today") {
    if (!unit || Boolean(number) !== Boolean(end)) return text;
    if (unit === "day" || unit === "week") date.setUTCDate(date.getUTCDate() - count * (unit === "week" ? 7 : 1));
    else {
      const day = date.getUTCDate();
      date.setUTCDate(1);
      date.setUTCMonth(date.getUTCMonth() - count * (unit === "year" ? 12 : 1));
      const last = new Date(Date.UTC(2000, 0, 1));
      last.setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() + 1, 0);
      date.setUTCDate(Math.min(day, last.getUTCDate()));
    }
  }
  return date.getUTCFullYear() < 1 ? text : date.toISOString().slice(0, 10);
}

/** The seconds at which a year, a month or a day begins and ends. */
function period(text, today) {
  const match = /^(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?$/.exec(ago(text, today));
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
