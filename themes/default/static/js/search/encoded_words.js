// Encoded words (RFC 2047) in pasted headers, as generator/mail/encoded_words.py decodes them.

const WORD = /=\?([!-<>@-~]{1,60}?)\?([BbQq])\?([^?\r\n]*)\?=/g;
const CONTROL = /[\x00-\x1f\x7f]+/g;
// In these the bytes of UTF-8 are unlikely to make a text, so that UTF-8 under their name is recognised.
const SINGLE_BYTE = /^(?:cp125\d|windows-125\d|iso[-_]8859|latin|koi8|ascii|us-ascii|unknown)/;

/** A text with its encoded words decoded; what can't be decoded stays as it is. */
export function decodedWords(text) {
  if (!text.includes("=?")) return text;
  const parts = [];
  let run = [], runCharset = "", end = 0;
  for (const match of text.matchAll(WORD)) {
    const data = bytesOf(match[2], match[3]);
    if (!data) continue;
    const charset = match[1].split("*")[0].toLowerCase(); // a language may follow
    const gap = text.slice(end, match.index);
    // Blanks between words don't count, and some programs cut characters in two.
    if (gap.trim() || charset !== runCharset) {
      parts.push(shown(run, runCharset));
      [run, runCharset] = [[], charset];
    }
    if (!end || gap.trim()) parts.push(gap);
    for (const byte of data) run.push(byte);
    end = match.index + match[0].length;
  }
  return [...parts, shown(run, runCharset), text.slice(end)].join("");
}

/** The bytes of an encoded word; null where it is none. */
function bytesOf(encoding, text) {
  if (encoding === "B" || encoding === "b") return bytesOfBase64(text);
  const bytes = [];
  for (const [part, code] of text.matchAll(/=([0-9A-Fa-f]{2})|[\s\S]/gu)) {
    if (code) bytes.push(parseInt(code, 16));
    else bytes.push(...new TextEncoder().encode(part === "_" ? " " : part));
  }
  return bytes;
}

function bytesOfBase64(text) {
  try {
    return Array.from(atob(text.split("=")[0]), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function shown(bytes, charset) {
  return bytes.length ? decode(Uint8Array.from(bytes), charset).replace(CONTROL, " ") : "";
}

function decode(bytes, charset) {
  const candidates = [charset, "utf-8"];
  if (bytes.some((byte) => byte > 127) && SINGLE_BYTE.test(charset)) candidates.reverse();
  for (const label of candidates) {
    try {
      return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      continue;
    }
  }
  return new TextDecoder("windows-1252").decode(bytes);
}
