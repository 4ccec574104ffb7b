// Syntax colours of diffs: tokens of the hunks on screen, painted by the CSS Custom Highlight API, which
// needs no elements. Old and new lines are read apart, each with the context lines around them.

const QUOTED = [/"(?:[^"\\\n]|\\[\s\S])*"?/, /'(?:[^'\\\n]|\\[\s\S])*'?/];
const RAW_QUOTED = [/"(?:[^"\\]|\\[\s\S])*"?/, /'[^'\n]*'?/];
const CHARACTER = /'(?:[^'\\\n]|\\.[^'\n]{0,8})'/; // Rust's 'a is a lifetime, no string
const SLASHES = [/\/\/.*/, /\/\*[\s\S]*?(?:\*\/|$(?![\s\S]))/];
const HASH = /(?<![^\s;])#.*/;
const DIRECTIVE = /^[ \t]*#[ \t]*(?:include(?:_next)?[ \t]*<[^>\n]*>|[a-z]+)/;
const TRIPLE = [/"""[\s\S]*?(?:"""|$(?![\s\S]))/, /'''[\s\S]*?(?:'''|$(?![\s\S]))/];
const NUMBER = /\b(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)[a-zA-Z]{0,3}\b/;
const VARIABLE = /\$(?:[\w@*#?!$-]|\{[^}\n]*\}|\([^()\n]*\))|[@%]\w+/;

const C_WORDS = "alignas asm auto bool break case catch char class const constexpr continue default delete do double else enum explicit extern false final float for friend goto if inline int long mutable namespace new noexcept nullptr NULL operator override private protected public register return short signed sizeof static static_assert struct switch template this throw true try typedef typename union unsigned using virtual void volatile while int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t size_t ssize_t u8 u16 u32 u64 s8 s16 s32 s64 __attribute__";
const LANGUAGES = {
  c: { comment: SLASHES, directive: [DIRECTIVE], string: QUOTED, words: C_WORDS },
  java: { comment: SLASHES, string: QUOTED, words: `${C_WORDS} abstract boolean byte extends finally implements import instanceof interface null package super synchronized throws` },
  js: { comment: SLASHES, string: [/`(?:[^`\\]|\\[\s\S])*`?/, ...QUOTED], words: "async await break case catch class const continue default delete do else export extends false finally for from function if import in instanceof let new null of return static super switch this throw true try typeof undefined var void while yield interface type enum" },
  go: { comment: SLASHES, string: [/`[^`]*`?/, ...QUOTED], words: "break case chan const continue default defer else fallthrough false for func go goto if import interface map nil package range return select struct switch true type var bool byte error int int32 int64 string uint uint32 uint64" },
  rust: { comment: SLASHES, directive: [/#!?\[[^\]\n]*\]/], string: [QUOTED[0], CHARACTER], words: "as async await bool break const continue crate dyn else enum extern false fn for i8 i16 i32 i64 if impl in isize let loop match mod move mut pub ref return Self self static str struct super trait true type u8 u16 u32 u64 union unsafe use usize where while" },
  python: { comment: [HASH], string: [...TRIPLE, ...QUOTED], directive: [/^[ \t]*@[\w.]+/], words: "and as assert async await break class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return self True try while with yield" },
  shell: { comment: [HASH], string: RAW_QUOTED, directive: [VARIABLE], words: "break case continue do done elif else esac eval exec exit export fi for function if in local read return set shift test then trap unset until while" },
  perl: { comment: [HASH], string: QUOTED, directive: [VARIABLE], words: "bless die else elsif eval for foreach if last local my next no our package print require return sub undef unless until use while" },
  make: { comment: [HASH], directive: [VARIABLE, /^[\w./%-]+(?=[ \t]*:)/], words: "define else endef endif export ifdef ifeq ifndef ifneq include override unexport vpath" },
  kconfig: { comment: [HASH], string: QUOTED, words: "bool choice comment config def_bool def_tristate default depends endchoice endif endmenu help hex if imply int mainmenu menu menuconfig n on prompt range select source string tristate visible y" },
  dts: { comment: SLASHES, directive: [DIRECTIVE, /^[ \t]*\/[\w-]+\//, /&\w+/], string: QUOTED, words: "" },
  asm: { comment: [...SLASHES, /(?<![^\s,])[#;@].*/], directive: [DIRECTIVE, /^[ \t]*\.\w+/, /^[\w.$]+:/], string: QUOTED, words: "" },
  yaml: { comment: [HASH], directive: [/^(?:[ \t]|- )*[\w./][\w./-]*(?=:(?:\s|$))/], string: QUOTED, words: "true false null yes no on off" },
  json: { string: QUOTED, words: "true false null" },
  ini: { comment: [/^[ \t]*[#;].*/], directive: [/^[ \t]*\[[^\]\n]*\]/, /^[\w.-]+(?=[ \t]*=)/], string: QUOTED, words: "true false" },
  cmake: { comment: [HASH], directive: [VARIABLE], string: QUOTED, words: "if else elseif endif foreach endforeach function endfunction macro endmacro set option include" },
  sql: { comment: [/--.*/, SLASHES[1]], string: RAW_QUOTED, words: "SELECT FROM WHERE INSERT INTO UPDATE DELETE CREATE TABLE INDEX DROP ALTER AND OR NOT NULL PRIMARY KEY VALUES SET JOIN ON AS" },
};
const EXTENSIONS = {
  c: "c", h: "c", cc: "c", cpp: "c", cxx: "c", hpp: "c", hh: "c", hxx: "c", inc: "c", cocci: "c", y: "c", l: "c", proto: "c",
  java: "java", kt: "java", cs: "java", js: "js", mjs: "js", ts: "js", tsx: "js", jsx: "js", go: "go", rs: "rust",
  py: "python", sh: "shell", bash: "shell", zsh: "shell", bats: "shell", pl: "perl", pm: "perl", t: "perl", mk: "make", dts: "dts",
  dtsi: "dts", dtso: "dts", s: "asm", S: "asm", asm: "asm", yaml: "yaml", yml: "yaml", json: "json", toml: "ini", ini: "ini",
  cfg: "ini", conf: "ini", service: "ini", cmake: "cmake", sql: "sql",
};
const NAMES = [[/^(?:GNU)?[Mm]akefile|^Kbuild/, "make"], [/^Kconfig|^Config\.in/, "kconfig"], [/^meson/, "python"], [/^CMakeLists/, "cmake"]];
const KINDS = ["comment", "directive", "string", "number", "word"];

/** The language of a file by its name, or undefined. */
export function languageOf(path) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const special = NAMES.find(([pattern]) => pattern.test(name));
  if (special) return special[1];
  const extension = name.slice(name.lastIndexOf(".") + 1);
  return Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
}

const scanners = new Map();

function scanner(language) {
  if (!scanners.has(language)) {
    const rules = LANGUAGES[language];
    const groups = ["comment", "directive", "string"].filter((kind) => rules[kind]).map(
      (kind) => `(?<${kind}>${rules[kind].map((pattern) => pattern.source).join("|")})`);
    const pattern = new RegExp([...groups, `(?<number>${NUMBER.source})`, "(?<word>[A-Za-z_]\\w*)"].join("|"), "gm");
    scanners.set(language, { pattern, words: new Set(rules.words.split(" ")) });
  }
  return scanners.get(language);
}

/** The tokens of a text, one after the other: [start, end, kind]. A hunk can begin within a comment, whose end tells. */
export function* tokens(text, language) {
  const { pattern, words } = scanner(language);
  const closes = LANGUAGES[language].comment?.includes(SLASHES[1]) ? text.indexOf("*/") : -1;
  const opens = text.indexOf("/*");
  let at = 0;
  if (closes >= 0 && (opens < 0 || opens > closes)) {
    at = closes + 2;
    yield [0, at, "comment"];
  }
  for (;;) {
    pattern.lastIndex = at; // between two tokens the pattern may read another text
    const match = pattern.exec(text);
    if (!match) return;
    at = pattern.lastIndex + (match[0] ? 0 : 1);
    const kind = KINDS.find((name) => match.groups[name] !== undefined);
    if (kind !== "word" || words.has(match[0])) yield [match.index, match.index + match[0].length, kind];
  }
}

/** Give the lines of a hunk their tokens. Old and new lines are read apart. Yields where it may pause. */
function* read(hunk, language) {
  const lines = [];
  for (const element of hunk.querySelectorAll("span[id]:not(.h)")) {
    const text = element.textContent.slice(element.firstChild.textContent.length); // which is the sign
    lines.push({ element, kind: element.className[0], text, tokens: [] });
    yield;
  }
  yield* spread(lines.filter(({ kind }) => kind !== "d"), language, () => true);
  if (lines.some(({ kind }) => kind === "d")) {
    yield* spread(lines.filter(({ kind }) => kind !== "a"), language, ({ kind }) => kind === "d");
  }
  return lines;
}

/** Give some lines the tokens of their text; `wanted` says which of them. */
function* spread(lines, language, wanted) {
  let line = 0;
  let begins = 0;
  for (const [start, end, kind] of tokens(lines.map(({ text }) => text).join(""), language)) {
    while (line < lines.length && begins + lines[line].text.length < start) begins += lines[line++].text.length;
    for (let at = line, offset = begins; at < lines.length && offset < end; offset += lines[at++].text.length) {
      if (wanted(lines[at])) lines[at].tokens.push([start - offset, end - offset, kind]);
    }
    yield;
  }
}

/** Paint what the tokens of a line cover. */
function paint({ element, tokens: found }) {
  if (!found.length) return;
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  walker.nextNode(); // the sign
  for (let from = 0; walker.nextNode(); from += walker.currentNode.length) {
    const node = walker.currentNode;
    for (const [start, end, kind] of found) {
      const first = Math.max(start - from, 0);
      const last = Math.min(end - from, node.length);
      if (first < last) {
        CSS.highlights.get(kind).add(new StaticRange({ startContainer: node, startOffset: first, endContainer: node, endOffset: last }));
      }
    }
  }
  found.length = 0;
}

const STRETCH = 40; // lines of a long hunk that are painted together
const PAUSE = 8; // milliseconds after which other work has its turn
const work = [];
const whenIdle = globalThis.requestIdleCallback ?? setTimeout;

/** Do something piece by piece, once nothing else is to be done. */
function later(pieces) {
  if (work.push(pieces) === 1) whenIdle(proceed);
}

function proceed() {
  const end = performance.now() + PAUSE;
  while (work.length && performance.now() < end) if (work[0].next().done) work.shift();
  if (work.length) whenIdle(proceed);
}

/** Colour the hunks of a page, and of long ones the lines, as they come near the screen. */
function colour() {
  for (const kind of KINDS) CSS.highlights.set(kind, new Highlight());
  const waiting = new Map();
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      later(waiting.get(target)());
    }
  }, { rootMargin: "900px" });
  const when = (element, action) => {
    waiting.set(element, action);
    near.observe(element);
  };
  function* paintAll(lines) {
    for (const line of lines) yield paint(line);
  }
  function* colourHunk(hunk, language) {
    const lines = yield* read(hunk, language);
    if (lines.length <= 2 * STRETCH) return yield* paintAll(lines);
    for (let at = 0; at < lines.length; at += STRETCH) {
      when(lines[at].element, () => paintAll(lines.slice(Math.max(at - STRETCH, 0), at + STRETCH)));
      yield;
    }
  }
  for (const file of document.querySelectorAll(".diff[data-path]")) {
    const language = languageOf(file.dataset.path);
    if (!language) continue;
    for (const hunk of file.querySelectorAll("pre")) when(hunk, () => colourHunk(hunk, language));
  }
}

// Forced colours would paint each token like a selection.
if (globalThis.CSS?.highlights && globalThis.StaticRange && !matchMedia("(forced-colors: active)").matches) colour();
