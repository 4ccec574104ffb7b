// Fetches the published index: entry, terms, postings, columns, records. Each file is fetched once.

import * as encoding from "./encoding.js";
import { QueryError } from "./errors.js";
import { STEM, VERSION } from "./fields.js";

/** The index can't be read. `stale`: its files have been replaced; load the entry again. */
export class IndexError extends Error {
  constructor(message, stale = false) {
    super(message);
    this.stale = stale;
  }
}

const MOST_LEAVES = 48; // of a segment, for the beginning of a word: some 4 KB each
const utf8 = new TextEncoder();
const text = new TextDecoder();

/** The whole index. Make one with `Index.open`. */
export class Index {
  /** `base`: URL of the folder `search/`; `get`: fetch, or its like. */
  static async open(base, get = (...request) => fetch(...request), reload = false) {
    let response;
    try {
      response = await get(`${base}entry.json`, reload ? { cache: "reload" } : {});
    } catch {
      throw new IndexError("The search index could not be fetched: is the network there?");
    }
    if (!response.ok) throw new IndexError(`The search index could not be fetched (status ${response.status}).`);
    const entry = await response.json();
    if (entry.version !== VERSION) {
      throw new IndexError("The search index is of another version than this page: reload the page.");
    }
    return new Index(base, entry, get);
  }

  constructor(base, entry, get) {
    Object.assign(this, { docs: entry.docs, states: entry.states, openStates: entry.open, delegates: entry.delegates });
    const { repositories, releases, commits } = entry;
    Object.assign(this, { repositories, releases, knowsCommits: repositories.length > 0 || commits.length > 0 });
    this.commits = { names: commits, read: new Map(), base: `${base}data/` };
    this.projects = entry.projects.map(([id, slug, link, name, list, address]) =>
      ({ id, slug, link, name, names: namesOf([slug, link, name, list, address]) }));
    this.segments = entry.segments.map((segment) => new Segment(`${base}data/`, segment, entry, get));
    this.pages = (record) => `${base}../${pageOf(record, this.projects)}`;
    this.get = get;
    this.diffs = new Map();
  }

  /** The numbers of the patches that became a commit, given by its first digits (seven or more). */
  async patchesOfCommit(start) {
    const { names, read, base } = this.commits;
    if (!names.length) return [];
    const { commitFile, readCommits } = await import("./outcomes.js");
    const name = names[commitFile(start, names.length)];
    if (!name) return [];
    if (!read.has(name)) {
      const fetching = fetchPart(this.get, `${base}${name}`);
      fetching.catch(() => read.delete(name));
      read.set(name, fetching);
    }
    return readCommits(await read.get(name), start);
  }

  /** How many patches the later segments have. */
  newerThan(segment) {
    return this.segments.slice(this.segments.indexOf(segment) + 1).reduce((sum, { docs }) => sum + docs, 0);
  }

  /** The diff of the patch of a record, as the site has it; empty where it has none. */
  diff(record) {
    if (!this.diffs.has(record.id)) {
      const fetching = this.#diff(`${this.pages(record)}raw`);
      fetching.catch(() => this.diffs.delete(record.id));
      this.diffs.set(record.id, fetching);
    }
    return this.diffs.get(record.id);
  }

  async #diff(url) {
    let response;
    try {
      response = await this.get(url);
    } catch {
      throw new IndexError("A diff could not be fetched: is the network there?");
    }
    if (response.status === 404) return "";
    if (!response.ok) throw new IndexError(`A diff could not be fetched (status ${response.status}).`);
    return response.text();
  }
}

/** All that a project may be called, in lower case; its list, whose address is the last one, also by what stands before the @. */
const namesOf = (names) => [...names, names.at(-1).split("@")[0]].map((name) => name.toLowerCase());

/** Escaped as the site's own links are: `@` and its like stay. */
const segment = (name) => encodeURIComponent(name).replace(/%(40|2B|3D|26|2C|3B|3A|24)/g, decodeURIComponent);

/** The URL of the page of a patch or a cover letter (`record.page`; a patch where it has none), from the site's root. */
export function pageOf(record, projects) {
  const project = projects.find(({ id }) => id === record.project.id || id === record.project);
  return `project/${segment(project.slug)}/${record.page ?? "patch"}/${segment(record.slug)}/`;
}

/** One segment's files. */
export class Segment {
  constructor(base, segment, entry, get) {
    Object.assign(this, segment, { base, get, width: entry.window, layout: entry });
    this.files = new Map();
    this.postings = new Map();
    this.leavesRead = new Map();
    this.recordsRead = new Map();
    this.outcomesRead = new Map();
    this.windows = this.dates.length - 1;
  }

  /** How many patches a window has. */
  size(window) {
    return Math.min(this.width, this.docs - window * this.width);
  }

  file(name, folder = `${this.name}/`) {
    if (!this.files.has(name)) {
      const fetching = fetchPart(this.get, `${this.base}${folder}${name}`);
      fetching.catch(() => this.files.delete(name));
      this.files.set(name, fetching);
    }
    return this.files.get(name);
  }

  async #json(name) {
    return JSON.parse(text.decode(await this.file(name)));
  }

  /** The number of the leaf that would hold a term. */
  async #leafOf(term) {
    const at = (list) => {
      let low = 0, high = list.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (encoding.compareBytes(utf8.encode(list[middle]), term) <= 0) low = middle + 1;
        else high = middle;
      }
      return Math.max(low - 1, 0);
    };
    if (!this.grouped) return at(this.terms);
    const group = at(this.terms);
    return group * this.layout.group + at(await this.#json(`g${group}`));
  }

  /** Fetch the postings of a term, or of all terms that begin with it; `known` then has them. */
  async fetchPostings(kind, term) {
    const key = `${kind} ${term}`;
    if (!this.postings.has(key)) this.postings.set(key, await this.#postings(term, kind === "prefix"));
  }

  /** The words, with counts, of the leaves where one was looked for that begin with the same two letters. */
  *around(word) {
    for (const { terms, posting } of this.leavesRead.values()) {
      const start = utf8.encode(word.slice(0, 2));
      for (let n = first(terms, start); n < terms.length; n++) {
        if (encoding.compareBytes(terms[n].subarray(0, start.length), start) !== 0) break;
        const term = text.decode(terms[n]);
        if (!term.endsWith(STEM)) yield [term, posting(n).count];
      }
    }
  }

  /** Postings that were fetched. */
  known(kind, term) {
    return this.postings.get(`${kind} ${term}`);
  }

  async #leaf(number) {
    const name = `t${number}`;
    const data = await this.file(name);
    if (!this.leavesRead.has(name)) this.leavesRead.set(name, intact(() => encoding.readLeaf(data, this.layout.inline)));
    return this.leavesRead.get(name);
  }

  async #postings(term, isPrefix) {
    const wanted = utf8.encode(term);
    // No term has a byte that is greater than all of UTF-8's.
    const last = isPrefix ? new Uint8Array([...wanted, 255]) : wanted;
    const [from, to] = await Promise.all([this.#leafOf(wanted), this.#leafOf(last)]);
    if (to - from >= MOST_LEAVES) throw new QueryError(`Too many words begin with ${term}: give more letters before the *`);
    const leaves = await Promise.all(Array.from({ length: to - from + 1 }, (_, n) => this.#leaf(from + n)));
    const postings = [];
    for (const { terms, posting } of leaves) {
      for (let n = first(terms, wanted); n < terms.length && encoding.compareBytes(terms[n], last) <= 0; n++) {
        if (!isPrefix || terms[n].at(-1) !== STEM.charCodeAt(0)) postings.push(posting(n));
      }
    }
    return postings;
  }

  /** Patch → fields of a posting in one window, where it is at hand. */
  within(posting, window) {
    if (this.windows === 1 || posting.isLong) return posting.docs;
    if (!posting.byWindow) {
      posting.byWindow = new Map();
      for (const [doc, mask] of posting.docs) {
        const of = Math.floor(doc / this.width);
        if (!posting.byWindow.has(of)) posting.byWindow.set(of, new Map());
        posting.byWindow.get(of).set(doc, mask);
      }
    }
    return posting.byWindow.get(window) ?? NOTHING;
  }

  /** Patch → fields of one posting in one window. */
  async window(posting, window) {
    if (isAtHand(posting, window)) return this.within(posting, window);
    const chunk = posting.chunks.get(window);
    if (!chunk) return new Map();
    const data = await this.file(`c${chunk.file}`);
    return intact(() => encoding.readPostings(new encoding.Cursor(data, chunk.offset), chunk.count, window * this.width));
  }

  /** Patch → field → positions of one posting in one window; `positional`: the fields that have any. */
  async positions(posting, window, positional) {
    let docs, cursor;
    if (!posting.isLong) {
      docs = posting.docs;
      if (!posting.length) return new Map();
      cursor = new encoding.Cursor(await this.file(`p${posting.file}`), posting.place);
    } else {
      docs = await this.window(posting, window);
      const where = posting.chunks.get(window)?.positions;
      if (!where) return new Map();
      cursor = new encoding.Cursor(await this.file(`q${where[0]}`), where[1]);
    }
    const byPatch = new Map();
    intact(() => {
      for (const [doc, mask] of docs) byPatch.set(doc, encoding.readPositions(cursor, mask & positional));
    });
    return byPatch;
  }

  /** Names of the files with a posting's patches in a window, and with their positions. */
  filesOf(posting, window) {
    if (!posting.isLong) return { patches: null, positions: posting.length ? `p${posting.file}` : null };
    const chunk = posting.chunks.get(window);
    const where = chunk?.positions;
    return { patches: chunk && !isAtHand(posting, window) ? `c${chunk.file}` : null, positions: where ? `q${where[0]}` : null };
  }

  /** What can be asked of a window's mails without their words. */
  async windowColumns(window) {
    const data = await this.file(this.columns[window], "");
    return intact(() => encoding.readColumns(data, this.size(window)));
  }

  /** What the mails of a window became, by their places (outcomes.js). */
  async windowOutcomes(window) {
    const name = this.outcomes[window];
    if (!name) return NOTHING;
    const [{ readOutcomes }, data] = await Promise.all([import("./outcomes.js"), this.file(name, "")]);
    if (!this.outcomesRead.has(name)) this.outcomesRead.set(name, readOutcomes(data));
    return this.outcomesRead.get(name);
  }

  /** The name of the file with the columns of a window, if it was not asked for, in a set. */
  missingColumns(window) {
    return new Set([this.columns[window]].filter((name) => !this.files.has(name)));
  }

  async windowNumbers(window) {
    const data = await this.file(`v${window}`);
    return intact(() => encoding.readNumbers(data, this.size(window)));
  }

  /** Fetch what results show of some mails of a window; whoever reads it gets the errors. */
  prefetch(window, places) {
    for (const n of places) this.record(window * this.width + n).catch(() => {});
  }

  #recordFile = (doc) => `r${Math.floor(doc / this.layout.records)}`;

  /** Names of the files with the records of some mails of a window. */
  recordFiles(window, places) {
    return new Set(places.map((n) => this.#recordFile(window * this.width + n)));
  }

  /** Whether all that results show of a mail was asked for. */
  isAtHand(window, doc) {
    return [this.#recordFile(doc), this.columns[window]].every((name) => this.files.has(name));
  }

  /** What results show of a mail. */
  async record(doc) {
    const name = this.#recordFile(doc);
    if (!this.recordsRead.has(name)) {
      const reading = this.#json(name).then(encoding.readRecords);
      reading.catch(() => this.recordsRead.delete(name));
      this.recordsRead.set(name, reading);
    }
    return (await this.recordsRead.get(name))[doc % this.layout.records];
  }
}

/** The unpacked content of a file of the index. */
async function fetchPart(get, url) {
  let response;
  try {
    response = await get(url);
  } catch {
    throw new IndexError("A part of the index could not be fetched: is the network there?");
  }
  if (!response.ok) {
    throw new IndexError(`A part of the index is missing (status ${response.status}).`, response.status === 404);
  }
  try {
    return await encoding.unpack(response);
  } catch {
    throw new IndexError("A part of the index is damaged.");
  }
}

const NOTHING = new Map();

/** Whether the directory of terms has the patches of a posting in a window: of a long one those of the first. */
export const isAtHand = (posting, window) => !posting.isLong || window === 0;

/** Where the terms begin that are not less than one. */
function first(terms, wanted) {
  let low = 0, high = terms.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (encoding.compareBytes(terms[middle], wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a function reads out of a file that may be damaged. */
function intact(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new IndexError("A part of the index is damaged.");
    throw error;
  }
}
