// What patches became, as generator/search/outcomes.py packs it: the commits of a window's mails, and patches by their
// commits.

export const NO_RELEASE = "none"; // the value of `release:` for what is in no release
const ROLES = ["landed", "same", "also", "part"];
const DAY = 86400;
const text = new TextDecoder();
const read = (data) => JSON.parse(text.decode(data));

/**
 * Places in a window → { role, sha, date, release, isReverted, words } of the commits that a mail became, the first one
 * first; `words` say what it became.
 */
export function readOutcomes(data) {
  const [releases, names, days, ofRelease, reverted, places, numbers, roles] = read(data);
  const on = summed(days).map((day) => (day === null ? null : day * DAY)), commits = summed(numbers), found = new Map();
  summed(places).forEach((place, n) => {
    const number = commits[n];
    const one = {
      role: ROLES[roles[n]], sha: shaAt(names, number, days.length), date: on[number], release: releases[ofRelease[number]],
      isReverted: Boolean(reverted[number]),
    };
    one.words = inWords(one);
    if (found.has(place)) found.get(place).push(one);
    else found.set(place, [one]);
  });
  return found;
}

/** One of `count` names of the same length. */
function shaAt(names, n, count) {
  const digits = names.length / count;
  return names.slice(n * digits, (n + 1) * digits).trimEnd();
}

function summed(steps) {
  let last = 0;
  return steps.map((step) => (step === null ? null : (last += step)));
}

/** Which of so many files, a power of two, has the commits that begin with seven digits or more. */
export const commitFile = (start, count) => Math.floor((parseInt(start.slice(0, 7), 16) * count) / 2 ** 28);

/** The patches that became a commit that begins so; both may be cut. */
export function readCommits(data, start) {
  const [names, patches] = read(data);
  return patches.filter((_, n) => {
    const sha = shaAt(names, n, patches.length);
    return sha.startsWith(start) || start.startsWith(sha);
  });
}

/** Whether a mail landed as a whole, in a range of seconds; null: open. */
export const landedWithin = ([{ role, date }], first, last) =>
  role !== "part" && date !== null && date >= (first ?? -Infinity) && date <= (last ?? Infinity);

/** Whether a mail landed in a release, as `release:` names it. */
export function inRelease(outcomes, wanted) {
  if (wanted === NO_RELEASE) return outcomes[0].role !== "part" && !outcomes.some(({ release }) => release);
  return outcomes.some(({ release }) => isRelease(release, wanted));
}

/** Whether a tag is a release, as `release:` names it: `v2.43` and `2.43` name v2.43.0, its candidates and v2.43.1. */
export function isRelease(name, wanted) {
  const lower = name.toLowerCase(), start = wanted.replace(/(?<!\*)\*+$/, "");
  const forms = [lower, lower.replace(/^[^0-9]+/, "")], isOpen = start !== wanted;
  return forms.some((form) => [start, start.replace(/^v(?=[0-9])/, "")].some((part) => begins(form, part, isOpen)));
}

function begins(form, start, isOpen) {
  if (!form.startsWith(start) || isOpen) return isOpen && form !== "" && form.startsWith(start);
  return start !== "" && !(isDigit(start.at(-1)) && isDigit(form[start.length]));
}

const isDigit = (letter) => letter >= "0" && letter <= "9";

/** What is said where nothing tells what landed. */
export const NO_REPOSITORY = "No git repository is known here, so nothing says what landed.";

/** Whether a node asks for what a repository tells; servers name commits, too, and some may be found. */
export function asksWhatLanded([kind, ...rest], found) {
  if (kind === "and" || kind === "or" || kind === "not") return rest.some((child) => asksWhatLanded(child, found));
  const [column, wanted] = rest;
  if (kind === "value" && column === "is") return wanted === "landed" || wanted === "reverted";
  if (kind !== "value" && kind !== "number") return false;
  return column === "release" || column === "landed" || (column === "commit" && !found);
}

/** "landed as 1a2b3c4 in v2.43.0". */
function inWords({ role, sha, release, isReverted }) {
  const what = role === "part" ? "parts landed" : "landed", where = release ? ` in ${release}` : "";
  return `${what} as ${sha}${where}${isReverted ? ", reverted" : ""}`;
}
