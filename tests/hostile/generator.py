"""Objects that a stranger with bad intentions could send, from a seed: the same seed gives the same objects.

Each object starts as a harmless one. Some of its fields, of whatever depth, get a hostile value.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from tests import factories

#: What every payload calls, should a browser run it.
MARKER = "stillworkMarker"

SCRIPTS = (
    f"<script>{MARKER}()</script>",
    f'"><script>{MARKER}()</script>',
    f"'><img src=x onerror={MARKER}()>",
    f'" onmouseover="{MARKER}()" x="',
    f"' autofocus onfocus={MARKER}() x='",
    f"`-->]]></textarea></title></style><svg onload={MARKER}()>",
    f"javascript:{MARKER}()",
    f"JaVaScRiPt\t:{MARKER}()",
    f"data:text/html,<script>{MARKER}()</script>",
    f'https://example.org/"onclick={MARKER}()//',
    f"http://example.org/'><svg/onload={MARKER}()>",
    f'<a href="javascript:{MARKER}()">x</a>',
    f"<iframe srcdoc='<script>parent.{MARKER}()</script>'>",
    f"{{{{ {MARKER}() }}}}{{% for x in y %}}",
    f"[x](javascript:{MARKER}())",
    "see <a href=x> tag",
    "<base href=//example.org/><meta http-equiv=refresh content=0>",
    "</script><!-- <![CDATA[ ]]>",
    "&lt;script&gt;&#60;script&#62;&amp;quot;",
)
PATHS = (
    "../../../../tmp/x", "/etc/passwd", "..", ".", "~", "~1", "C:\\x", "a/../../b", "%2e%2e%2f", "%2F", "a%00b",
    ".stillwork", ".htaccess", "-rf", "con", "nul.txt", "a b ", "a.", "$uri", "%{ENV:PATH}", "{env.HOME}", "a?b#c",
    "a;b", "a\nb", "a\n", "\r\nSet-Cookie: x=y", "x" * 300, "ü" * 150, "d/" * 200, "\\..\\", '" { } ;', "#", "*",
)  # fmt: skip
COLLISIONS = (
    "mbox", "raw", "index.html", "lookup.json", "t.mbox.gz", "list", "series", "patch", "cover", "feed.atom", "page",
    "MBOX", "Raw", "mbox.series", "mbox.with", "mbox.refused", "0", "1", "2", "404.html", "api", "search", "static",
    "month", "state", "figures", "hash", "thread", "empty.json",
)  # fmt: skip
LETTERS = (
    "", " ", "\t", "\u202eevil\u202c", "\u200b" * 50, "\ufeff", "\ufffe", "\x7f", "\x1b[31mred", "\u2028\u2029",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙", "ﷺ" * 20, "İıſßŒ", "👩‍👩‍👧‍👦", "𝔘𝔫𝔦", "\U0010ffff", "a" * 5000, "=?utf-8?q?=3Cb=3E?=", "=?x?b?!!!?=",
    "( " * 50, "<" * 200, '"' * 200, "\\" * 200, "@" * 200, "[" * 200, ">" * 200, "- " * 200,
)  # fmt: skip
NUMBERS = (
    0,
    -1,
    1,
    1.5,
    1e300,
    True,
    False,
    2**31,
    2**53 - 1,
    2**53,
    2**63,
    2**64,
    10**30,
    -(2**63),
    "1",
    None,
)
DATES = (
    "0001-01-01T00:00:00", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59", "9999-12-31T23:59:59-01:00",
    "1969-12-31T23:59:59", "2026-02-29T00:00:00", "2024-02-29T00:00:00", "2026-01-01", "", "now", None, 0,
    "2026-01-01T00:00:00.999999", "2026-01-01T00:00:00Z", "2026-06-01T00:00:00+23:59", "2026-01-01T24:00:00",
    "2038-01-19T03:14:08",
)  # fmt: skip
DIFFS = (
    "--- a/x\n+++ b/x\n@@ -1,{0} +1 @@\n-a\n+b\n", "--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-{0}\n+{0}\n",
    "diff --git a/{0} b/{0}\n--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@ {0}\n-x\n+y\n", "diff --git {0}\n", "GIT binary patch\n{0}",
    "diff --git a/raw/x b/raw/x\n--- a/raw/x\n+++ b/raw/x\n@@ -0,0 +1 @@\n+{0}\n", "@@@ -1 -1 +1 @@@\n--{0}\n", "{0}",
    "diff --git a/mbox/x b/mbox/x\nrename from {0}\nrename to mbox/x\n", "--- /dev/null\n+++ b/x\n@@ -0,0 +1,9 @@\n+{0}",
    "Index: {0}\n=====\n--- {0}\n+++ {0}\n@@ -1 +1 @@\n-a\n+b\n\\ No newline\n",
)  # fmt: skip
NAMES = (
    "[PATCH {0}/{1}] x",
    "[{0}] {0}",
    "[v{1},{0}/3] [RFC] x",
    "Re: {0}",
    "[1/" + "9" * 400 + "] {0}",
    "[" * 50,
)
HEADERS = (
    "From", "To", "Cc", "Subject", "References", "In-Reply-To", "Message-Id", "Date", "List-Id", "Content-Type",
    "X-{0}", "", " ", ":", "a\nb", "\x00"[:0] + "ü", "x" * 300, "<script>", "From ", "__proto__", "constructor",
)  # fmt: skip

Object = dict[str, Any]


def objects(seed: int, count: int) -> Iterator[Object]:
    """`count` objects of all kinds. Patches have the numbers 1 to their number, so that others refer to them."""
    random_ = random.Random(seed)
    for number in range(1, count + 1):
        kind = random_.choice(_KINDS)
        value = kind(random_, number)
        for _ in range(random_.choice((0, 0, 1, 1, 2, 4))):
            _spoil(random_, value)
        yield value


def text(random_: random.Random) -> str:
    """A hostile text: a script, a path, a colliding name, odd letters, or several of them."""
    pool = random_.choice((SCRIPTS, SCRIPTS, PATHS, COLLISIONS, LETTERS))
    value = random_.choice(pool)
    joined = random_.choice((" ", "\n", ", ", "/"))
    return joined.join([value, text(random_)]) if random_.random() < 0.15 else value


def _msgid(random_: random.Random) -> str:
    value = text(random_)
    return random_.choice((f"<{value}>", f"<{value}@example.org>", value))


def _diff(random_: random.Random) -> str:
    return random_.choice(DIFFS).format(random_.choice((text(random_), "9" * 5000, "1")))


def _headers(random_: random.Random) -> dict[str, Any]:
    names = [
        random_.choice(HEADERS).format(random_.randrange(9)) for _ in range(random_.randrange(6))
    ]
    return {
        name: random_.choice((text(random_), [text(random_), text(random_)], [], None))
        for name in names
    }


def _nested(random_: random.Random) -> Any:
    depth = random_.choice((3, 90, 105, 600, 2000))
    value: Any = []
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def _mail(random_: random.Random, value: Object) -> Object:
    if random_.random() < 0.5:
        value["msgid"] = _msgid(random_)
    value["content"] = random_.choice(
        (text(random_), f"> {text(random_)}\n\n{text(random_)}", f"Acked-by: {text(random_)}")
    )
    value["headers"] = _headers(random_)
    value["submitter"] = factories.person(
        random_.randrange(9), name=text(random_), email=text(random_)
    )
    return value


def _project(random_: random.Random) -> Object:
    number = random_.randrange(1, 6)
    return factories.project(
        number, name=text(random_), link_name=COLLISIONS[number] if number > 2 else text(random_)
    )


def _series_of(random_: random.Random, project: Object) -> int:
    """The number of one of a project's series, or of another project's."""
    owner = random_.choice((project["id"],) * 5 + (1, 2, 3, 4, 5))
    return int(owner) * 10 + random_.randrange(4)


def _patch(random_: random.Random, number: int) -> Object:
    project = _project(random_)
    stub = factories.series_stub(_series_of(random_, project), name=text(random_))
    value = factories.patch(
        number, project=project, series=random_.choice(([stub], [stub], [], None)), diff=_diff(random_),
        state=random_.choice(("new", "accepted", text(random_))), name=random_.choice((text(random_), "x")),
        delegate=random_.choice((None, factories.user(random_.randrange(5), username=text(random_)))),
    )  # fmt: skip
    if random_.random() < 0.3:
        value["name"] = random_.choice(NAMES).format(random_.randrange(9), random_.randrange(9))
    return _mail(random_, value)


def _cover(random_: random.Random, number: int) -> Object:
    project = _project(random_)
    stub = factories.series_stub(_series_of(random_, project), name=text(random_))
    value = factories.cover(number, project=project, name=text(random_), series=[stub])
    return _mail(random_, value)


def _comment(random_: random.Random, number: int) -> Object:
    on = f"{random_.choice(('patches', 'covers'))}/{random_.randrange(1, number + 1)}"
    return _mail(random_, factories.comment(number, on=on, subject=text(random_)))


def _check(random_: random.Random, number: int) -> Object:
    return factories.check(
        number, on=random_.randrange(1, number + 1), context=text(random_), description=text(random_),
        target_url=text(random_), state=random_.choice(("success", "fail", text(random_))),
    )  # fmt: skip


def _event(random_: random.Random, number: int) -> Object:
    patch = {"id": random_.choice((random_.randrange(1, number + 1), *NUMBERS))}
    category = random_.choice(("patch-state-changed", "patch-delegated", text(random_)))
    payload = {"patch": patch, "previous_state": text(random_), "current_state": random_.choice((text(random_), 7, [])),
               "current_delegate": random_.choice((None, {"username": text(random_)}, text(random_), [1]))}  # fmt: skip
    return {"id": number, "category": category, "date": "2026-03-01T10:00:00", "project": _project(random_),
            "actor": factories.user(1, username=text(random_)), "payload": payload}  # fmt: skip


def _series(random_: random.Random, number: int) -> Object:
    project = _project(random_)
    patches = [
        {"id": random_.randrange(1, number + 1), "name": text(random_), "msgid": _msgid(random_)}
    ]
    return factories.series(
        _series_of(random_, project), name=text(random_), project=project, patches=patches,
        version=random_.choice((1, 2, 1_000_000)), total=random_.choice((0, 1, 1_000_000)),
    )  # fmt: skip


def _bundle(random_: random.Random, number: int) -> Object:
    patches = [
        {"id": random_.randrange(1, number + 1), "name": text(random_), "msgid": _msgid(random_)}
        for _ in range(3)
    ]
    owner = factories.user(random_.randrange(3), username=random_.choice((text(random_), "ann")))
    name = random_.choice((text(random_), *COLLISIONS))
    return factories.bundle(
        number, project=_project(random_), name=name, owner=owner, patches=patches
    )


_KINDS: tuple[Callable[[random.Random, int], Object], ...] = (
    *(_patch,) * 6, _cover, _comment, _comment, _check, _event, _series, _bundle,
)  # fmt: skip


def _spoil(random_: random.Random, value: Object) -> None:
    """Give one field, perhaps of an embedded object, a hostile value, or remove or add one."""
    where: Any = value
    key = random_.choice(sorted(where))
    while isinstance(where[key], dict) and where[key] and random_.random() < 0.7:
        where = where[key]
        key = random_.choice(sorted(where))
    held = where[key]
    match random_.randrange(20):
        case 0:
            del where[key]
        case 1:
            where[text(random_)] = text(random_)
        case 2:
            where[random_.choice((key, "hash", "x"))] = _nested(random_)
        case 3:
            where[key] = random_.choice(NUMBERS)
        case 4 if isinstance(held, str) and "date" in key:
            where[key] = random_.choice(DATES)
        case 5:
            where[key] = random_.choice(
                ([], {}, [text(random_)], {"id": 1}, [{"id": text(random_)}])
            )
        case _ if "date" in key:
            where[key] = random_.choice(DATES)
        case _ if isinstance(held, int):
            where[key] = random_.choice(NUMBERS)
        case _:
            where[key] = text(random_)
