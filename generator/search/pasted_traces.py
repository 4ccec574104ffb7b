"""Stack traces that people paste: of kernels, gdb, sanitizers, valgrind, Python, Rust, Go and Java.

`pasted_traces.js` in the theme is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.search.reading import Readings, query

_MOST_FUNCTIONS = 3
#: `func+0x12/0x40`, also with what compilers append to names.
_KERNEL = re.compile(r"(?<![\w.])([A-Za-z_]\w{1,199})(?:\.[\w.]{1,99})?\+0x[0-9a-f]{1,16}\b", re.A)
_FRAMES = (
    # `#3 0x55 in func (arg=1) at file.c:12`: gdb and sanitizers.
    re.compile(
        r"^ {0,9}#[0-9]{1,4} {1,9}0x[0-9a-f]{1,16} {1,9}in {1,9}([A-Za-z_][\w:~]{1,199})", re.A
    ),
    re.compile(r"^ {0,9}#[0-9]{1,4} {1,9}([A-Za-z_][\w:~]{1,199}) ?\(", re.A),
    # `==12==    at 0x4C2: func (file.c:12)`: valgrind.
    re.compile(
        r"^ {0,9}(?:==[0-9]{1,9}== {0,9})?(?:at|by) 0x[0-9A-Fa-f]{1,16}: ([A-Za-z_][\w:~]{1,199})",
        re.A,
    ),
    # `3: crate::module::func`: Rust.
    re.compile(
        r"^ {0,9}[0-9]{1,4}: {1,9}(?:0x[0-9a-f]{1,16} - )?"
        r"(?:<?\w{1,99}(?: as [^>]{1,99}>)?::){1,20}([a-z_]\w{1,199})",
        re.A,
    ),
    # `at org.example.Parser.parse(Parser.java:12)`: Java, JavaScript.
    re.compile(
        r"^[ \t]{0,9}at (?:[\w$]{1,99}\.){1,20}<?([\w$]{2,199})>? ?\([\w./:-]{1,400}:[0-9]", re.A
    ),
)
#: `pkg.Func(0x0)`: Go, where a trace begins with `goroutine 1 [running]:`.
_GO = re.compile(
    r"^(?:[\w-]{1,99}[./]){1,20}(?:\(\*?\w{1,99}\)\.)?([A-Za-z_]\w{1,199})\((?:0x|\{|\.\.\.|\))",
    re.A,
)
#: Functions that stand in every trace.
_EVERYWHERE = re.compile(
    r"^(?:__?)?(?:dump_stack(?:_lvl)?|show_stack|dump_backtrace|show_trace|panic|die|oops_end|do_trap\w*|asm_\w+|exc_\w+|"
    r"\w*kasan\w*|print_report|print_address_description\w*|warn(?:_slowpath\w*)?|report_bug|handle_bug|"
    r"do_syscall\w*|(?:x64|ia32|se|arm64)_sys_\w+|\w*entry_SYSCALL\w*|ret_from_fork\w*|kthread|"
    r"rust_begin_unwind|panic_fmt|begin_panic\w*|unwrap_failed|call_once|lang_start\w*|goexit|invoke0?|"
    r"abort|raise|__assert_fail\w*|main|start_thread|__libc_start_\w+|_start)$",
    re.A,
)
#: `kernel BUG at mm/slub.c:123!`, `panicked at src/x.rs:12:5`
_CRASH = re.compile(
    r"\b(?:BUG|WARNING|ERROR|Oops|panic|panicked|assertion)\b.{0,99}? at ([\w./+-]{1,400}):[0-9]{1,9}\b",
    re.A,
)
#: `File "/usr/lib/python3/x/y.py", line 12, in func`: Python, the innermost call last.
_PYTHON = re.compile(
    r"^ {0,99}File \"(?:[^\"]{0,400}/)?([^\"/]{1,200}/)?([^\"/]{1,200}\.py)\", line [0-9]", re.A
)


def read_frames(lines: list[str]) -> Readings:
    """The functions of a stack trace that tell most: those that stand in few traces, the innermost first."""
    is_go = bool(lines) and lines[0].startswith("goroutine ")
    frames = (*_FRAMES, _GO) if is_go else _FRAMES
    names: dict[str, None] = {}
    for line in lines:
        names |= dict.fromkeys(_functions(line, frames))
    found = list(names)
    if not found:
        return _files([match for line in lines if (match := _PYTHON.match(line))])
    telling = [name for name in found if not _EVERYWHERE.match(name)] or found
    quoted = [f'"{name}"' for name in telling[:_MOST_FUNCTIONS]]
    return (query(" OR ".join(quoted)),) if quoted else ()


def _files(frames: list[re.Match[str]]) -> Readings:
    """Files by the ends of their paths: where they are installed is of no account."""
    files = dict.fromkeys(f'dfn:"{frame[1] or ""}{frame[2]}"' for frame in reversed(frames))
    return (query(" OR ".join(list(files)[:_MOST_FUNCTIONS])),) if files else ()


def _functions(line: str, frames: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    yield from _KERNEL.findall(line)
    for pattern in frames:
        if match := pattern.match(line):
            yield match[1].rpartition("::")[2] or match[1]


def crash_path(text: str) -> str:
    """The file that a line says something crashed in; empty where it says none."""
    match = _CRASH.search(text)
    return match[1] if match else ""
