// Stack traces that people paste, as generator/search/pasted_traces.py reads them: of kernels, gdb, sanitizers, valgrind,
// Python, Rust, Go and Java.

import { query } from "./reading.js";

const MOST_FUNCTIONS = 3;
// `func+0x12/0x40`, also with what compilers append to names.
const KERNEL = /(?<![\w.])([A-Za-z_]\w{1,199})(?:\.[\w.]{1,99})?\+0x[0-9a-f]{1,16}\b/g;
const FRAMES = [
  // `#3 0x55 in func (arg=1) at file.c:12`: gdb and sanitizers.
  /^ {0,9}#[0-9]{1,4} {1,9}0x[0-9a-f]{1,16} {1,9}in {1,9}([A-Za-z_][\w:~]{1,199})/,
  /^ {0,9}#[0-9]{1,4} {1,9}([A-Za-z_][\w:~]{1,199}) ?\(/,
  // `==12==    at 0x4C2: func (file.c:12)`: valgrind.
  /^ {0,9}(?:==[0-9]{1,9}== {0,9})?(?:at|by) 0x[0-9A-Fa-f]{1,16}: ([A-Za-z_][\w:~]{1,199})/,
  // `3: crate::module::func`: Rust.
  /^ {0,9}[0-9]{1,4}: {1,9}(?:0x[0-9a-f]{1,16} - )?(?:<?\w{1,99}(?: as [^>]{1,99}>)?::){1,20}([a-z_]\w{1,199})/u,
  // `at org.example.Parser.parse(Parser.java:12)`: Java, JavaScript.
  /^[ \t]{0,9}at (?:[\w$]{1,99}\.){1,20}<?([\w$]{2,199})>? ?\([\w./:-]{1,400}:[0-9]/,
];
// `pkg.Func(0x0)`: Go, where a trace begins with `goroutine 1 [running]:`.
const GO = /^(?:[\w-]{1,99}[./]){1,20}(?:\(\*?\w{1,99}\)\.)?([A-Za-z_]\w{1,199})\((?:0x|\{|\.\.\.|\))/;
// Functions that stand in every trace.
const EVERYWHERE = new RegExp("^(?:__?)?(?:dump_stack(?:_lvl)?|show_stack|dump_backtrace|show_trace|panic|die|oops_end|" +
  "do_trap\\w*|asm_\\w+|exc_\\w+|\\w*kasan\\w*|print_report|print_address_description\\w*|warn(?:_slowpath\\w*)?|" +
  "report_bug|handle_bug|do_syscall\\w*|(?:x64|ia32|se|arm64)_sys_\\w+|\\w*entry_SYSCALL\\w*|ret_from_fork\\w*|kthread|" +
  "rust_begin_unwind|panic_fmt|begin_panic\\w*|unwrap_failed|call_once|lang_start\\w*|goexit|invoke0?|" +
  "abort|raise|__assert_fail\\w*|main|start_thread|__libc_start_\\w+|_start)$");
// `kernel BUG at mm/slub.c:123!`, `panicked at src/x.rs:12:5`
const CRASH = /\b(?:BUG|WARNING|ERROR|Oops|panic|panicked|assertion)\b.{0,99}? at ([\w./+-]{1,400}):[0-9]{1,9}\b/u;
// `File "/usr/lib/python3/x/y.py", line 12, in func`: Python, the innermost call last.
const PYTHON = /^ {0,99}File "(?:[^"]{0,400}\/)?([^"/]{1,200}\/)?([^"/]{1,200}\.py)", line [0-9]/u;

/** The functions of a stack trace that tell most: those that stand in few traces, the innermost first. */
export function readFrames(lines) {
  const frames = lines[0]?.startsWith("goroutine ") ? [...FRAMES, GO] : FRAMES;
  const found = [...new Set(lines.flatMap((line) => functions(line, frames)))];
  if (!found.length) return files(lines.map((line) => PYTHON.exec(line)).filter(Boolean));
  const telling = found.filter((name) => !EVERYWHERE.test(name));
  const quoted = (telling.length ? telling : found).slice(0, MOST_FUNCTIONS).map((name) => `"${name}"`);
  return [query(quoted.join(" OR "))];
}

/** Files by the ends of their paths: where they are installed is of no account. */
function files(frames) {
  const names = new Set(frames.reverse().map(([, folder, name]) => `dfn:"${folder ?? ""}${name}"`));
  return names.size ? [query([...names].slice(0, MOST_FUNCTIONS).join(" OR "))] : [];
}

function functions(line, frames) {
  const names = [...line.matchAll(KERNEL)].map((match) => match[1]);
  const own = frames.map((pattern) => pattern.exec(line)?.[1]).filter(Boolean);
  return [...names, ...own.map((name) => name.slice(name.lastIndexOf("::") < 0 ? 0 : name.lastIndexOf("::") + 2) || name)];
}

/** The file that a line says something crashed in; empty where it says none. */
export const crashPath = (text) => CRASH.exec(text)?.[1] ?? "";
