"""Names that other archives, mail programs and web forges have for what can be asked here.

Who comes from public-inbox, Patchwork, b4, Gmail or GitHub writes these without a thought: they mean the same
as the names of `fields`, and stand in no list of ours.
"""

from __future__ import annotations

#: Another name of a field → its name here.
FIELDS = {
    "subject": "s", "subj": "s", "title": "s",
    "from": "f", "author": "f", "submitter": "f", "sender": "f",
    "to": "t", "cc": "c", "body": "b", "message": "b", "commenter": "by", "involves": "a",
    "path": "dfn", "file": "dfn", "filename": "dfn", "function": "dfhh", "func": "dfhh",
    "added": "dfb", "removed": "dfa", "deleted": "dfa",
    "reviewed": "reviewer", "reviewed-by": "reviewer", "acked-by": "acked", "tested-by": "tested",
    "mid": "m", "msgid": "m", "rfc822msgid": "m", "list": "project", "lid": "project", "repo": "project",
    "date": "d", "sent": "d", "created": "d", "year": "d", "month": "d",
    "sha": "commit", "sha1": "commit", "hash": "commit", "checks": "check", "ci": "check",
    "merged": "landed", "applied": "landed", "committed": "landed", "tagged": "release",
    "assignee": "delegate", "revision": "v", "files": "n", "lines": "size",
}  # fmt: skip
#: A name before one date → which side of it is meant: from its beginning, up to its end, or before it begins.
DATE_BOUNDS = {
    "since": "from", "after": "from", "newer": "from", "newer_than": "from",
    "until": "to", "before": "before", "older": "before", "older_than": "before",
}  # fmt: skip
#: Field → another name of a value → its name here.
VALUES = {
    "is": {"comment": "reply", "pr": "patch", "newest": "latest", "merged": "landed",
           "applied": "landed", "committed": "landed"},
    "has": {"comment": "comments", "reply": "comments", "replies": "comments", "check": "checks",
            "tag": "tags"},
    "check": {"failed": "fail", "failure": "fail", "failing": "fail", "passed": "success",
              "pass": "success", "ok": "success", "warn": "warning", "warnings": "warning"},
    "delegate": {"none": "nobody"},
    "status": {"waiting-for-the-author": "waiting", "waiting-for-author": "waiting",
               "waiting-for-review": "needs-review", "unreviewed": "needs-review", "merged": "landed"},
    "release": {"unreleased": "none"},
}  # fmt: skip
