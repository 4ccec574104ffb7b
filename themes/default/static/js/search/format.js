// The bytes of the index, as generator/search/format.py writes them and docs/search-format.md describes.

export const VERSION = 1;
const DATE_SHIFT = 2 ** 36;

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
  const docs = new Array(count);
  let last = base - 1;
  for (let n = 0; n < count; n++) docs[n] = last += cursor.varint() + 1;
  const first = cursor.varint();
  const found = new Map([[docs[0], first >> 1]]);
  for (let n = 1; n < count; n++) found.set(docs[n], first & 1 ? cursor.varint() : first >> 1);
  return found;
}

/** Field → positions of a term in one patch. */
export function readPositions(cursor, fields) {
  const found = new Map();
  for (let bits = fields; bits; bits &= bits - 1) {
    const places = [];
    let last = 0;
    for (let n = cursor.varint(); n > 0; n--) places.push((last += cursor.varint()));
    found.set(bits & -bits, places);
  }
  return found;
}

/** The terms of a leaf, each with its posting. */
export function* readLeaf(data, leaf, inline) {
  const cursor = new Cursor(data);
  let term = new Uint8Array(0), positionsAt = 0;
  while (!cursor.done) {
    const shared = cursor.varint(), length = cursor.varint();
    const next = new Uint8Array(shared + length);
    next.set(term.subarray(0, shared));
    next.set(data.subarray(cursor.at, cursor.at + length), shared);
    cursor.at += length;
    term = next;
    const count = cursor.varint();
    const body = cursor.part(cursor.varint());
    const posting = { count, leaf, body };
    if (count <= inline) {
      posting.positionsAt = positionsAt;
      posting.positionsLength = cursor.varint();
      positionsAt += posting.positionsLength;
    } else posting.isLong = true;
    yield { term, posting };
  }
}

/** Window → where the chunk of a long posting and its positions lie. */
export function readChunks(cursor) {
  const chunks = new Map();
  let window = 0;
  while (!cursor.done) {
    window += cursor.varint();
    const [count, file, offset, has, positionsFile, positionsOffset] = cursor.varints(6);
    chunks.set(window, { count, file, offset, positions: has ? [positionsFile, positionsOffset] : null });
  }
  return chunks;
}

/** The dates and the projects' numbers of a window's patches. */
export function readDates(data, size) {
  const cursor = new Cursor(data);
  const dates = new Array(size);
  for (let n = 0; n < size; n++) dates[n] = n ? dates[n - 1] - cursor.varint() : cursor.varint() - DATE_SHIFT;
  return { dates, projects: cursor.varints(size) };
}

/** The states, delegates and flags of a window's patches. */
export function readColumns(data, size) {
  const cursor = new Cursor(data);
  return { states: cursor.varints(size), delegates: cursor.varints(size), flags: cursor.varints(size) };
}

/** Order of terms: by the bytes of their UTF-8. */
export function compareBytes(one, other) {
  const length = Math.min(one.length, other.length);
  for (let n = 0; n < length; n++) if (one[n] !== other[n]) return one[n] - other[n];
  return one.length - other.length;
}
