// The passage of a patch's mail that a result shows: the lines around the words that were looked for.

import { STEM, TEXT_FIELDS } from "./fields.js";
import { fold } from "./tokenizer.js";

const LONG = 24; // kilobytes of text: a longer mail is asked for in part
const PART = 12_000; // bytes of that part, which servers send uncompressed
const LINES = 3;
const THREAD = 200_000; // characters of the replies to a mail, which come in one file

// The fields whose words are in a mail's message or diff; of a sender, a title or a path, the result itself tells.
const IN_TEXT = TEXT_FIELDS.b | TEXT_FIELDS.dfhh | TEXT_FIELDS.dfb | TEXT_FIELDS.dfa;
// What a line is worth if it has the words: a file's name in the diffstat tells less than what somebody wrote.
const MESSAGE = 3, CODE = 2, HUNK = 1, QUOTED = 1, NAMES = 0;
const STAT = /^ ?(?:\S.{0,300} \| +(?:[0-9]|Bin )|[0-9]+ files? changed|(?:create|delete) mode [0-7]|(?:rename|copy) \S)|^[\w-]+-by: /u;

/** Those of the words that a query wants, as terms, that a passage can show. */
export const shownInPassage = (wanted) => wanted.filter((terms) => terms.some(([, , fields]) => fields & IN_TEXT));

/**
 * The lines of a hit's mail that hold most of the words; null for a long mail of which the server can't send a part,
 * and for a reply among very many; empty for one of a site without JSON, whose pages alone have it.
 * `page`: the URL of its page, below `root`; `hasApi`: whether the site has its JSON, which servers compress; `sendsParts`:
 * a function that says whether the server sends parts of files.
 */
export async function fetchPassage(hit, page, { root, hasApi, sendsParts, words, signal }) {
  if ((hit.reply ?? null) !== null) return hasApi ? passageOfReply(hit, { root, words, signal }) : "";
  const isLong = hit.size >= LONG;
  if (isLong && !sendsParts()) return null;
  if (!isLong && hasApi) {
    const { content, diff } = await (await fetched(`${apiOf(hit, root)}.json`, { signal })).json();
    return passageIn(`${content ?? ""}\n${diff ?? ""}`, words);
  }
  const part = { headers: { Range: `bytes=0-${PART - 1}` } };
  const mail = await (await fetched(`${page}mbox`, { signal, ...(isLong && part) })).text();
  return passageOf(mail, words);
}

const apiOf = ({ page, id }, root) => `${root}api/${page === "cover" ? "covers" : "patches"}/${id}`;

async function passageOfReply(hit, { root, words, signal }) {
  const list = await firstOf(await fetched(`${apiOf(hit, root)}/comments.json`, { signal }), THREAD);
  const reply = list && JSON.parse(list).find(({ id }) => id === hit.reply);
  return reply ? passageIn(reply.content ?? "", words) : null;
}

/** The text of an answer; null as soon as it is longer than `most`. */
async function firstOf(response, most) {
  const parts = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ;) {
    const { done, value } = await parts.read();
    if (done) return text;
    text += value;
    if (text.length > most) {
      parts.cancel().catch(() => {}); // the rest isn't wanted, whatever becomes of it
      return null;
    }
  }
}

async function fetched(url, options) {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${url}: status ${response.status}`);
  return response;
}

/** The passage of a mail as it was sent, with its headers. */
export const passageOf = (mail, wanted) => passageIn(mail.slice(mail.indexOf("\n\n") + 2), wanted);

/** The passage of a message with its diff for words as terms; its first lines where it has none of them. */
function passageIn(text, wanted) {
  const lines = linesOf(text);
  const words = wanted.map((terms) => terms.map(lastPart).filter(Boolean));
  let best = 0, most = -1, telling = -1;
  lines.forEach(({ line, worth }, n) => {
    const plain = fold(line).toLowerCase();
    const found = words.filter((forms) => forms.some((word) => plain.includes(word))).length;
    const score = found ? found * 4 + worth : 0;
    const rank = found && worth ? 1 : 0; // what names files or people is taken where nothing else has the words
    if (rank > telling || (rank === telling && score > most)) [best, most, telling] = [n, score, rank];
  });
  const { part } = lines[best];
  const shown = lines.slice(best).filter((other) => other.part === part && /[\p{L}\p{N}]/u.test(other.line));
  return shown.slice(0, LINES).map(({ line }) => line).join("\n");
}

/** Lines with what they are worth, and the part of the mail (message, notes and diffstat, each file) that they are in. */
function linesOf(body) {
  let part = 0, isDiff = false;
  return body.split("\n").map((line) => {
    if (line.startsWith("diff ") || line.startsWith("Index: ") || (line === "---" && part === 0)) {
      part += 1;
      isDiff = line !== "---";
      return { line, part, worth: NAMES };
    }
    if (!isDiff) return { line, part, worth: STAT.test(line) ? NAMES : line.startsWith(">") ? QUOTED : MESSAGE };
    if (line.startsWith("@@")) return { line, part, worth: HUNK };
    return { line, part, worth: /^(?:[ +-](?!-- |\+\+ )|$)/.test(line) ? CODE : NAMES };
  });
}

/** A term as a mail has it: of a path the last part alone, of a stem the stem. */
const lastPart = ([, word]) => word.replace(STEM, "").replace(/\/$/, "").split("/").at(-1);
