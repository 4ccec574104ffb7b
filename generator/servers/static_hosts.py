"""The rules for hosts of static pages that read `_redirects` and `_headers` (Cloudflare, Netlify, GitLab).

Their patterns match whole segments and no queries, and they try one file for each path, so only a part of
the table can be expressed. Types and headers come from the table itself.
"""

from __future__ import annotations

import re

from generator.servers.rules import HEADERS, RuleKind, kind_for

#: Path → the file that answers. `:name` stands for a segment, `*` for the rest.
_MAILS = [
    ("/project/:project/patch/:mail/mbox/*", "/project/:project/patch/:mail/mbox"),
    ("/project/:project/patch/:mail/raw/*", "/project/:project/patch/:mail/raw"),
    ("/project/:project/cover/:mail/mbox/*", "/project/:project/cover/:mail/mbox"),
    ("/series/:number/mbox/*", "/series/:number/mbox"),
    ("/bundle/:owner/:name/mbox/*", "/bundle/:owner/:name/mbox"),
    ("/patch/:number/mbox/*", "/patch/:number/mbox"),
    ("/patch/:number/raw/*", "/patch/:number/raw"),
    ("/cover/:number/mbox/*", "/cover/:number/mbox"),
]
_THREADS = ("/:project/:mail/t.mbox.gz", "/project/:project/thread/:mail.mbox.gz")
#: Below `/api/` and below each version's path.
_OBJECTS = [
    (":kind/:number/comments/", "/api/:kind/:number/comments.json"),
    (":kind/:number/checks/", "/api/:kind/:number/checks.json"),
    ("projects/", "/api/projects.json"),
    ("patches/:number/", "/api/patches/:number.json"),
    ("covers/:number/", "/api/covers/:number.json"),
    ("series/:number/", "/api/series/:number.json"),
    ("bundles/:number/", "/api/bundles/:number.json"),
    ("projects/:number/", "/api/projects/:number.json"),
]
_VERSIONS = ["/api/", *(f"/api/1.{minor}/" for minor in range(5))]
#: Files at their own path that need headers a host wouldn't send.
_FILES = ["/search/data/*", "/search/entry.json"]


def redirects() -> str:
    """The text of `_redirects`: some fifty rules, of the hundred that Cloudflare takes."""
    rules = [*_MAILS, _THREADS]
    # Paths with a version come first: `:kind/` would match `1.2/`.
    for version in reversed(_VERSIONS):
        rules += [(version + path, file) for path, file in _OBJECTS]
    return "".join(f"{path} {file} 200\n" for path, file in rules)


def headers() -> str:
    """The text of `_headers`."""
    lines = ["/*", *(f"  {name}: {value}" for name, value in HEADERS.items())]
    for path, file in _MAILS:
        # The file itself, the path with its slash, and the same with a name behind it.
        lines += _section(path.removesuffix("/*") + "*", kind_for(_example(file)))
    lines += _section(_THREADS[0], kind_for(_example(_THREADS[1])))
    lines += ["/api/*", "  Content-Type: application/json"]
    for path in _FILES:
        lines += _section(path, kind_for(_example(path)))
    return "\n".join(lines) + "\n"


def _example(path: str) -> str:
    return re.sub(r":\w+|\*", "1", path)


def _section(path: str, kind: RuleKind) -> list[str]:
    lines = [path, f"  Content-Type: {kind.type}", f"  Cache-Control: {kind.cache}"]
    if kind.download:
        # git-pw refuses a download without a name, and a rule can't know the right one.
        suffix = kind.download.rpartition(".")[2]
        lines.append(f"  Content-Disposition: attachment; filename=mail.{suffix}")
    return lines
