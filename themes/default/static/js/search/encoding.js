// The bytes of the index, as generator/search/encoding.py writes them and docs/search-format.md describes.

import { DATE_SHIFT, FIELD_ORDER, NUMBERS } from "./fields.js";

/** Reads varints out of bytes; throws RangeError past their end. */
export class Cursor {
  constructor(data, at = 0, end = data.length) {
    this.data = data;
    this.at = at;
    this.end = end;
  }

  varint() {
    let value = 0, factor = 1;
    for (;;) {
      if (this.at >= this.data.length) throw new RangeError("the file is cut off");
      const byte = this.data[this.at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }

  varints(count) {
    const numbers = new Array(count);
    for (let n = 0; n < count; n++) numbers[n] = this.varint();
    return numbers;
  }

  /** Pass over so many numbers; where they begin. */
  skip(count) {
    const start = this.at;
    for (let left = count; left > 0;) {
      if (this.at >= this.data.length) throw new RangeError("the file is cut off");
      if (this.data[this.at++] < 128) left--;
    }
    return start;
  }

  /** A cursor on the next bytes, which this one passes over. */
  part(length) {
    this.at += length;
    return new Cursor(this.data, this.at - length, this.at);
  }

  get done() {
    return this.at >= this.end;
  }
}

/** Unpack a file: raw deflate, which needs no setting of the server. */
export async function unpack(response) {
  const stream = response.body.pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Patch number → fields, of `count` postings. */
export function readPostings(cursor, count, base = 0) {
  const docs = readDocs(cursor, count, base);
  return withFields(docs, cursor);
}

/** Patch number → fields: one value for all, or, as its lowest bit says, one for each. */
function withFields(docs, cursor) {
  const first = cursor.varint();
  return new Map(docs.map((doc, n) => [doc, fieldsOf(n && first & 1 ? cursor.varint() : first >> 1)]));
}

const reordered = [];

/** The sum of fields that a file has in the order of FIELD_ORDER. */
function fieldsOf(stored) {
  reordered[stored] ??= FIELD_ORDER.reduce((sum, bit, at) => (stored & (1 << at) ? sum | bit : sum), 0);
  return reordered[stored];
}

function readDocs(cursor, count, base) {
  const docs = new Array(count);
  let last = base - 1;
  for (let n = 0; n < count; n++) docs[n] = last += cursor.varint() + 1;
  return docs;
}

/** Field → positions of a term in one patch. */
export function readPositions(cursor, fields) {
  const byField = new Map();
  for (let bits = fields; bits; bits &= bits - 1) {
    const first = cursor.varint();
    let last = Math.floor(first / 2);
    const places = [last];
    for (let more = first % 2 ? cursor.varint() + 1 : 0; more > 0; more--) places.push((last += cursor.varint()));
    byField.set(bits & -bits, places);
  }
  return byField;
}

/**
 * The terms of a leaf in order, and `posting(n)` for the term at a place. A posting of few patches has them in `docs`;
 * a long one has `chunks`, and in `docs` those of the first window.
 */
export function readLeaf(data, inline) {
  const cursor = new Cursor(data);
  const [size, file, firstPlace] = cursor.varints(3);
  const shared = cursor.varints(size), lengths = cursor.varints(size);
  const terms = new Array(size);
  let term = new Uint8Array(0);
  for (let n = 0; n < size; n++) {
    const next = new Uint8Array(shared[n] + lengths[n]);
    next.set(term.subarray(0, shared[n]));
    next.set(data.subarray(cursor.at, cursor.at + lengths[n]), shared[n]);
    cursor.at += lengths[n];
    terms[n] = term = next;
  }
  const counts = cursor.varints(size);
  const short = counts.filter((count) => count <= inline);
  const places = cursor.varints(short.length);
  const docsAt = short.map((count) => cursor.skip(count));
  // The lowest bit of the first value says whether others follow.
  const masksAt = short.map((count) => {
    const at = cursor.at;
    if (cursor.varint() & 1) cursor.skip(count - 1);
    return at;
  });
  let place = firstPlace, nth = 0;
  const postings = counts.map((count) => {
    if (count > inline) return { count, isLong: true, body: cursor.part(cursor.varint()) };
    const posting = { count, data, docsAt: docsAt[nth], masksAt: masksAt[nth], file, place, length: places[nth] };
    place += places[nth++];
    return posting;
  });
  return { terms, posting: (n) => complete(postings[n]) };
}

/** Read what a posting consists of, once it is needed. */
function complete(posting) {
  if (posting.isLong) Object.assign(posting, posting.chunks ? {} : readChunks(posting.body));
  else if (!posting.docs) {
    const docs = readDocs(new Cursor(posting.data, posting.docsAt), posting.count, 0);
    posting.docs = withFields(docs, new Cursor(posting.data, posting.masksAt));
  }
  return posting;
}

/**
 * `docs`: those of the first window; `chunks`: window → how many patches (`byDefault`: in the fields that a plain word is
 * looked for), and where their positions are, and where they are themselves (`file`; null for the first window).
 */
function readChunks(cursor) {
  const chunks = new Map();
  const read = (count) => {
    const [byDefault, has, ...where] = cursor.varints(4);
    return { count, byDefault, positions: has ? where : null, file: null };
  };
  let docs = new Map(), window = 0;
  const inFirst = cursor.varint();
  if (inFirst) {
    chunks.set(0, read(inFirst));
    docs = withFields(readDocs(cursor, inFirst, 0), cursor);
  }
  while (!cursor.done) {
    window += cursor.varint();
    const chunk = read(cursor.varint());
    [chunk.file, chunk.offset] = cursor.varints(2);
    chunks.set(window, chunk);
  }
  return { docs, chunks };
}

/** Records in columns → one object for each mail; for a reply, `reply` is its number, the page that of its parent. */
export function readRecords([ids, msgids, names, submitters, projects, series, slugs, replies, sizes]) {
  const summed = (differences) => {
    let last = 0;
    return differences.map((number) => (number === null ? null : (last += number)));
  };
  const [numbers, ofSeries, ofReplies] = [summed(ids), summed(series), replies && summed(replies)];
  return msgids.map((msgid, n) => ({
    id: numbers[n], msgid, name: names[n], submitter: submitters[n], project: projects[n] ?? projects,
    series: ofSeries[n], slug: slugs?.[n] ?? msgid.replaceAll("/", "%2F"),
    reply: ofReplies?.[n] ?? null, size: sizes[n],
  }));
}

/** What can be asked of a window's mails without their words: a list of each. */
export function readColumns(data, size) {
  const cursor = new Cursor(data);
  const dates = new Array(size);
  for (let n = 0; n < size; n++) dates[n] = n ? dates[n - 1] - cursor.varint() : cursor.varint() - DATE_SHIFT;
  const [projects, kinds, states, delegates, flags] = Array.from({ length: 5 }, () => cursor.varints(size));
  return { dates, projects, kinds, states, delegates, flags };
}

/** Name → the numbers of a window's mails, -1 where a mail has none. */
export function readNumbers(data, size) {
  const cursor = new Cursor(data);
  return Object.fromEntries(NUMBERS.map((name) => [name, cursor.varints(size).map((number) => number - 1)]));
}

/** Order of terms: by the bytes of their UTF-8. */
export function compareBytes(one, other) {
  const length = Math.min(one.length, other.length);
  for (let n = 0; n < length; n++) if (one[n] !== other[n]) return one[n] - other[n];
  return one.length - other.length;
}
