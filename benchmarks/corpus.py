"""A seeded corpus that behaves like real patches: code-like lines, words by Zipf's law, about 5 KB of diff.

A file has names of its own, a patch is about some of them, and brings a few new ones. So a patch has
about as many distinct terms (190, without message ids), and as many that no other has, as real ones do.

The same seed and count give the same bytes. Run as a program it writes JSON Lines to standard output:
`python -m benchmarks.corpus 10000 > corpus.jsonl`.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from generator.diff.patch_hash import patch_hash

API = "https://patchwork.example.org/api"
_SYLLABLES = (
    "ac ad al an ar at ba be bit blk bus ca ch clk co con cpu da de dev di dma do drv en er ev "
    "fb fd fe fs ga get gpio hw id in io irq is it ka key kv la le len lo lock ma mem mmu mo msg "
    "mu na net no of on op or pa pci phy pm po pt qu ra re reg ri ro sc se seg set si sk so st "
    "ta te ti tlb to tr tx un up us va vec ver vi vm wa we xa ze "
).split()
_PROSE = (
    "the to a of is in and that it this for not with be when on we are by if as from can so an "
    "but use used no only will was has which patch which driver function then code one there "
    "have at or does do error after before return value add fix remove since need into all set "
    "also called new old memory device check instead kernel case because now make first second "
    "should lock read write support name without them both just more call user data file line "
    "than other change time page state same every still never handle pointer buffer queue "
    "request interrupt register probe during while where must given already allocated free "
    "release reset enable disable wait event thread race leak possible cause result known bug "
    "report series version previous later simple move rename split common helper avoid warning "
    "compiler unused missing wrong correct size length offset number zero negative limit maximum "
    "minimum default option config test result fails works "
).split()
_ENDINGS = ["", "", "s", "ed", "ing", "er", "ion", "ly"]
_SHAPES = [
    "\t{a} = {b}({c}, {d});",
    "\tif (!{c}->{a})\n\t\treturn -EINVAL;",
    "\tif ({b}({c}) < 0)\n\t\tgoto err_{a};",
    "\tstruct {a} *{c} = {b}({d});",
    '\tdev_dbg({c}->dev, "%s: {a} %d\\n", __func__, {d});',
    "\t{c}->{a} = {d};",
    "\treturn {b}({c}, {d});",
    "#define {A} 0x{n:04x}",
    "\t/* {p} */",
    "static int {b}(struct {a} *{c}, u32 {d})",
    "{{",
    "}}",
    "",
    "\tfor (i = 0; i < {c}->{a}; i++)\n\t\t{b}(&{c}->{d}[i]);",
    "\t\tbreak;",
    "\tcase {A}:",
    "\tmutex_lock(&{c}->{a});",
]
_STATES = ["new", "under-review", "accepted", "rejected", "superseded", "changes-requested"]


class Corpus:
    """Makes the objects one after the other; holds only its vocabulary."""

    def __init__(self, count: int, seed: int = 2026, versions: float = 0.25) -> None:
        """`versions`: which part of the series is sent a second time, somewhat changed."""
        self.count = count
        self._versions = versions
        self._rng = random.Random(seed)
        # The vocabulary of a code base grows with the square root of its history (Heaps' law).
        size = 4000 + 60 * int(count**0.5)
        self._names = [self._name() for _ in range(size)]
        self._weights = list(itertools.accumulate(1 / (n + 2) for n in range(size)))
        self._prose = list(itertools.accumulate(1 / (n + 2) for n in range(len(_PROSE))))
        self._rare = [self._word() + self._rng.choice(_ENDINGS) for _ in range(12_000)]
        self._rare_weights = list(itertools.accumulate(1 / (n + 20) for n in range(12_000)))
        self._first = [self._word().capitalize() for _ in range(200)]
        self._last = [self._word().capitalize() for _ in range(2500)]
        self._pool: list[str] = []
        folders = [f"{self._word()}/{self._word()}" for _ in range(60)]
        self._paths = [
            f"{self._rng.choice(folders)}/{self._word()}.{'ch'[n % 5 == 0]}" for n in range(900)
        ]
        self._local = {path: self._global(40) for path in self._paths}

    def _word(self) -> str:
        return "".join(self._rng.choices(_SYLLABLES, k=self._rng.choice([2, 2, 3])))

    def _name(self) -> str:
        return "_".join(self._word() for _ in range(self._rng.choice([1, 1, 2, 2, 3])))

    def _global(self, count: int) -> list[str]:
        return self._rng.choices(self._names, cum_weights=self._weights, k=count)

    def _take_up(self, paths: list[str]) -> None:
        """Choose what the next patch is about: names of its files, of the whole, and new ones."""
        own = [name for path in paths for name in self._rng.sample(self._local[path], 7)]
        fresh = [self._name() for _ in range(self._rng.choice([0, 1, 1, 2, 3]))]
        self._pool = [*own, *self._global(4), *fresh]
        self._rng.shuffle(self._pool)
        self._pool_weights = list(itertools.accumulate(1 / (n + 2) for n in range(len(self._pool))))

    def _names_of(self, count: int) -> list[str]:
        return self._rng.choices(self._pool, cum_weights=self._pool_weights, k=count)

    def _sentence(self, words: int) -> str:
        rare = sum(self._rng.random() < 0.15 for _ in range(words))
        common = self._rng.choices(_PROSE, cum_weights=self._prose, k=words - rare)
        chosen = common + self._rng.choices(self._rare, cum_weights=self._rare_weights, k=rare)
        self._rng.shuffle(chosen)
        return " ".join(chosen)

    def objects(self) -> Iterator[dict[str, Any]]:
        """Patches, series, comments and checks, as the API gives them."""
        number = series = 0
        while number < self.count:
            series += 1
            total = min(self._rng.choice([1, 1, 1, 2, 3, 4, 6, 9]), self.count - number)
            sent = list(self._series(series, range(number + 1, number + total + 1)))
            yield from sent
            number += total
            if self._rng.random() < self._versions and number + total <= self.count:
                series += 1
                yield from self._again(sent, series, number + 1)
                number += total

    def _again(
        self, sent: list[dict[str, Any]], series: int, first: int
    ) -> Iterator[dict[str, Any]]:
        """The second version of a series: some lines of its patches are others."""
        old = sent[-1]
        stub = {"id": series, "url": f"{API}/series/{series}/", "date": _date(first),
                "name": old["name"], "version": 2}  # fmt: skip
        stubs = []
        patches = [item for item in sent if "diff" in item]
        for number, patch in enumerate(patches, first):
            lines = patch["diff"].split("\n")
            for at, line in enumerate(lines):
                if line.startswith("+\t") and self._rng.random() < 0.06:
                    lines[at] = f"+\t{self._names_of(1)[0]} = 0;"
            msgid = f"<v2-{patch['msgid'][1:]}"
            name = (
                f"[v2,{patch['name'][1:]}" if patch["name"][:1] == "[" else f"[v2] {patch['name']}"
            )
            diff = "\n".join(lines)
            again = {
                **patch, "id": number, "url": f"{API}/patches/{number}/", "msgid": msgid,
                "date": _date(number), "name": name, "series": [stub], "diff": diff,
                "hash": patch_hash(diff), "state": self._rng.choice(_STATES),
            }  # fmt: skip
            stubs.append({key: again[key] for key in ("id", "url", "msgid", "date", "name")})
            yield again
            if self._rng.random() < 0.33:
                yield self._comment(number, again)
        yield {**old, **stub, "patches": stubs}

    def _series(self, number: int, patches: range) -> Iterator[dict[str, Any]]:
        topic = self._rng.sample(self._paths, 3)
        self._take_up(topic)
        who = self._person(int(self._rng.paretovariate(0.8)) % 3000 + 1)
        title = f"{self._names_of(1)[0]}: {self._sentence(5)}"
        stub = {"id": number, "url": f"{API}/series/{number}/", "date": _date(patches[0]),
                "name": title, "version": 1}  # fmt: skip
        stubs = []
        for place, patch_id in enumerate(patches, 1):
            paths = topic[: self._rng.choice([1, 1, 2, 3])]
            self._take_up(paths)
            patch = self._patch(patch_id, place, len(patches), title, who, stub, paths)
            stubs.append({key: patch[key] for key in ("id", "url", "msgid", "date", "name")})
            yield patch
            if self._rng.random() < 0.33:
                yield self._comment(patch_id, patch)
            if self._rng.random() < 0.2:
                yield self._check(patch_id)
        yield {**stub, "project": _PROJECT, "submitter": who, "total": len(patches),
               "received_total": len(patches), "received_all": True, "cover_letter": None,
               "patches": stubs}  # fmt: skip

    def _patch(
        self,
        number: int,
        place: int,
        total: int,
        title: str,
        who: dict[str, Any],
        stub: dict[str, Any],
        paths: list[str],
    ) -> dict[str, Any]:
        name = title if total == 1 else f"{self._names_of(1)[0]}: {self._sentence(6)}"
        prefix = f"[{place}/{total}] " if total > 1 else ""
        msgid = f"2026{self._rng.getrandbits(48):012x}-{place}-{who['email']}"
        paragraphs = "\n\n".join(self._sentence(self._rng.randrange(20, 75)) for _ in range(3))
        names = ", ".join(self._names_of(3))
        diff = self._diff(paths)
        return {
            "id": number, "url": f"{API}/patches/{number}/", "project": _PROJECT,
            "msgid": f"<{msgid}>", "date": _date(number), "name": prefix + name, "commit_ref": None,
            "pull_url": None, "state": self._rng.choice(_STATES), "archived": False,
            "hash": patch_hash(diff), "submitter": who, "delegate": None, "series": [stub],
            "check": "pending", "tags": {}, "related": [],
            "headers": self._headers(prefix + name, msgid, who),
            "content": f"{paragraphs}\nSee {names}.\n\nSigned-off-by: {who['name']} <{who['email']}>",
            "diff": diff, "prefixes": prefix.strip("[] ").split(",") if prefix else [],
        }  # fmt: skip

    def _headers(self, subject: str, msgid: str, who: dict[str, Any]) -> dict[str, Any]:
        others = map(self._person, self._rng.sample(range(80), 4))
        hops = [f"from mx{n}.example.org by lists.example.org with ESMTPS id {self._rng.getrandbits(40):x}"
                for n in range(4)]  # fmt: skip
        signature = "".join(f"{self._rng.getrandbits(256):064x}\n\t" for _ in range(8))
        return {
            "Received": hops, "DKIM-Signature": f"v=1; a=rsa-sha256; d=example.org; b={signature}",
            "From": f"{who['name']} <{who['email']}>", "To": "bench@lists.example.org",
            "Cc": ", ".join(f"{p['name']} <{p['email']}>" for p in others),
            "Subject": f"[PATCH] {subject}", "Message-Id": f"<{msgid}>",
            "Content-Type": 'text/plain; charset="utf-8"',
        }  # fmt: skip

    def _diff(self, paths: list[str]) -> str:
        parts = []
        for path in paths:
            parts.append(
                f"diff --git a/{path} b/{path}\nindex {self._rng.getrandbits(48):012x}.."
                f"{self._rng.getrandbits(48):012x} 100644\n--- a/{path}\n+++ b/{path}\n"
            )
            at = self._rng.randrange(1, 2000)
            for _ in range(self._rng.choice([1, 2, 3])):
                hunk, old, new = self._hunk()
                parts.append(
                    f"@@ -{at},{old} +{at},{new} @@ int {self._names_of(1)[0]}(void)\n{hunk}"
                )
                at += 300
        return "".join(parts)

    def _hunk(self) -> tuple[str, int, int]:
        lines: list[str] = []
        for _ in range(self._rng.choice([12, 20, 32, 48])):
            kind = self._rng.choice("   ++++-")
            code = self._code()
            lines += [kind + line for line in code]
            if kind == "-" and self._rng.random() < 0.6:
                lines += ["+" + line.replace(self._names_of(1)[0], "x") + ";" for line in code]
        old = sum(line[0] in " -" for line in lines)
        new = sum(line[0] in " +" for line in lines)
        return "".join(f"{line}\n" for line in lines), old, new

    def _code(self) -> list[str]:
        a, b, c, d = self._names_of(4)
        shape = self._rng.choice(_SHAPES)
        text = shape.format(
            a=a, b=b, c=c, d=d, A=a.upper(), n=self._rng.getrandbits(16), p=self._sentence(6)
        )
        return text.split("\n")

    def _comment(self, number: int, patch: dict[str, Any]) -> dict[str, Any]:
        who = self._person(self._rng.randrange(1, 60))
        quoted = "\n".join(f"> {line}" for line in patch["diff"].split("\n")[5:15])
        return {
            "id": number, "url": f"{API}/patches/{number}/comments/{number}/",
            "msgid": f"<reply-{number}@example.org>", "date": _date(number),
            "subject": f"Re: {patch['name']}", "submitter": who,
            "content": f"{quoted}\n\n{self._sentence(20)}\n\nReviewed-by: {who['name']} <{who['email']}>",
            "headers": {"In-Reply-To": patch["msgid"]}, "addressed": None,
        }  # fmt: skip

    def _check(self, number: int) -> dict[str, Any]:
        return {"id": number, "url": f"{API}/patches/{number}/checks/{number}/", "user": None,
                "date": _date(number), "state": self._rng.choice(["success", "fail"]),
                "target_url": None, "context": "build", "description": "done"}  # fmt: skip

    def _person(self, number: int) -> dict[str, Any]:
        # A name follows from the number: first names repeat, family names hardly.
        first, last = self._first[number % 200], self._last[number % 2500]
        return {"id": number, "url": f"{API}/people/{number}/", "name": f"{first} {last}",
                "email": f"{first.lower()}.{last.lower()}@example.org"}  # fmt: skip


_PROJECT = {"id": 1, "url": f"{API}/projects/1/", "name": "Benchmark", "link_name": "bench",
            "list_id": "bench.example.org", "list_email": "bench@lists.example.org", "web_url": "",
            "scm_url": "", "webscm_url": ""}  # fmt: skip


def _date(number: int) -> str:
    """A patch every twenty minutes."""
    minutes = number * 20
    day, minute = divmod(minutes, 1440)
    year, day = divmod(day, 336)
    return (
        f"{2012 + year}-{day // 28 + 1:02}-{day % 28 + 1:02}T{minute // 60:02}:{minute % 60:02}:00"
    )


def write(count: int, stream: TextIO, versions: float = 0.25) -> None:
    """JSON Lines of a corpus with so many patches."""
    for item in Corpus(count, versions=versions).objects():
        stream.write(json.dumps(item, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write(int(sys.argv[1]), sys.stdout, *map(float, sys.argv[2:3]))
