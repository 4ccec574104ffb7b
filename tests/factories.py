"""Objects as Patchwork's API gives them, with everything that a test doesn't care about filled in."""

from __future__ import annotations

import json
from typing import Any

from generator.diff.patch_hash import patch_hash

API = "https://patchwork.example.org/api"
DIFF = """\
diff --git a/lib/lock.c b/lib/lock.c
index 1111111..2222222 100644
--- a/lib/lock.c
+++ b/lib/lock.c
@@ -10,4 +10,5 @@ static int lock_take(struct lock *lock)
 \tint rc;
-\trc = lock_try(lock);
+\trc = lock_try_timed(lock, TIMEOUT_MS);
+\tlock_note(lock);
 \treturn rc;
 }
"""


def project(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "url": f"{API}/projects/{number}/",
        "name": f"Project {number}",
        "link_name": f"project-{number}",
        "list_id": f"project-{number}.example.org",
        "list_email": f"project-{number}@example.org",
        "web_url": "",
        "scm_url": "",
        "webscm_url": "",
        "list_archive_url": "",
        "list_archive_url_format": "https://lists.example.org/{}/",
        "commit_url_format": "https://git.example.org/commit/?id={}",
        **fields,
    }


def person(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "url": f"{API}/people/{number}/",
        "name": f"Sender Number{number}",
        "email": f"sender{number}@example.org",
        **fields,
    }


def user(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": number, "url": f"{API}/users/{number}/", "username": f"user{number}",
            "first_name": "", "last_name": "", "email": f"user{number}@example.org", **fields}  # fmt: skip


def series_stub(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": number, "url": f"{API}/series/{number}/", "date": "2026-03-01T10:00:00",
            "name": f"series {number}", "version": 1, **fields}  # fmt: skip


def mail(number: int, kind: str) -> dict[str, Any]:
    msgid = f"2026030110.{kind}{number}@example.org"
    return {
        "id": number,
        "url": f"{API}/{kind}s/{number}/" if kind == "cover" else f"{API}/{kind}es/{number}/",
        "msgid": f"<{msgid}>",
        "date": f"2026-03-01T10:00:{number % 60:02}",
        "submitter": person(),
        "headers": {
            "From": "Sender Number1 <sender1@example.org>",
            "To": "project-1@example.org",
            "Subject": f"[PATCH] {kind} {number}",
            "Message-Id": f"<{msgid}>",
        },
    }


def patch(number: int = 1, **fields: Any) -> dict[str, Any]:
    """A patch in detail form; its hash follows from its diff."""
    diff = fields.get("diff", DIFF)
    return {
        **mail(number, "patch"),
        "project": project(),
        "name": f"lock: patch number {number}",
        "commit_ref": None,
        "pull_url": None,
        "state": "new",
        "archived": False,
        "hash": patch_hash(diff) if diff else None,
        "delegate": None,
        "series": [series_stub()],
        "check": "pending",
        "tags": {},
        "related": [],
        "content": "Wait for the lock no longer than needed.\n\nSigned-off-by: A <a@example.org>",
        "diff": diff,
        "prefixes": [],
        **fields,
    }


def list_form(full: dict[str, Any]) -> dict[str, Any]:
    """The same patch as lists give it."""
    return {k: v for k, v in full.items() if k not in ("headers", "content", "diff", "prefixes")}


def cover(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {**mail(number, "cover"), "project": project(), "name": f"[0/2] cover {number}",
            "series": [series_stub()], "content": "What this is about.", **fields}  # fmt: skip


def comment(number: int = 1, *, on: str = "patches/1", **fields: Any) -> dict[str, Any]:
    msgid = f"2026030111.comment{number}@example.org"
    return {
        "id": number,
        "url": f"{API}/{on}/comments/{number}/",
        "msgid": f"<{msgid}>",
        "date": f"2026-03-01T11:00:{number % 60:02}",
        "subject": "Re: [PATCH] something",
        "submitter": person(2),
        "content": "Looks good.\n\nReviewed-by: Sender Number2 <sender2@example.org>",
        "headers": {"Message-Id": f"<{msgid}>", "In-Reply-To": "<2026030110.patch1@example.org>"},
        "addressed": None,
        **fields,
    }


def check(number: int = 1, *, on: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": number, "url": f"{API}/patches/{on}/checks/{number}/", "user": user(9),
            "date": "2026-03-01T12:00:00", "state": "success",
            "target_url": "https://ci.example.org/1", "context": "build",
            "description": "all well", **fields}  # fmt: skip


def series(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {**series_stub(number), "project": project(), "submitter": person(), "total": 1,
            "received_total": 1, "received_all": True, "cover_letter": None, "patches": [],
            **fields}  # fmt: skip


def bundle(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": number, "url": f"{API}/bundles/{number}/", "project": project(), "name": "queue",
            "owner": user(3), "patches": [], "public": True, **fields}  # fmt: skip


def stub(full: dict[str, Any]) -> dict[str, Any]:
    """A patch or cover letter as others embed it."""
    return {key: full[key] for key in ("id", "url", "msgid", "date", "name")}


def lines(*objects: dict[str, Any]) -> str:
    """JSON Lines."""
    return "".join(json.dumps(item) + "\n" for item in objects)
