"""The archive behind the golden files: one series in two versions, reviewed, checked and accepted, and a lone patch."""

from __future__ import annotations

from typing import Any

from tests import factories
from tests.factories import API, check, comment, cover, patch, person, project, series, series_stub

TITLE = "Bound the queue"
LIMITED = """\
diff --git a/src/queue.c b/src/queue.c
index 1111111..2222222 100644
--- a/src/queue.c
+++ b/src/queue.c
@@ -7,4 +7,6 @@ int queue_push(struct queue *q, int job)
 {
-\tq->jobs[q->length++] = job;
+\tif (q->length > QUEUE_LIMIT)
+\t\treturn -ENOSPC;
+\tq->jobs[q->length++] = job;
 \treturn 0;
 }
"""
#: The same in the second version: another comparison.
LIMITED_V2 = LIMITED.replace("q->length > QUEUE_LIMIT", "q->length >= QUEUE_LIMIT")
DOCUMENTED = """\
diff --git a/doc/queue.txt b/doc/queue.txt
new file mode 100644
index 0000000..3333333
--- /dev/null
+++ b/doc/queue.txt
@@ -0,0 +1,2 @@
+A queue holds up to QUEUE_LIMIT jobs.
+A push to a full queue fails with -ENOSPC.\x20
"""
COUNTED = """\
diff --git a/src/queue.c b/src/count.c
similarity index 90%
rename from src/queue.c
rename to src/count.c
--- a/src/queue.c
+++ b/src/count.c
@@ -30,2 +30,2 @@ int queue_count(struct queue *q)
-\treturn q->length + 1;
+\treturn q->length;
 }
"""
MAINTAINER = factories.user(3, username="maintainer")
CI = factories.user(9, username="ci")
PROJECT = project(
    name="Queue",
    link_name="queue",
    list_email="queue@example.org",
    web_url="https://queue.example.org/",
    webscm_url="https://git.example.org/queue",
)


def objects() -> list[dict[str, Any]]:
    """Everything in the archive, in the shape of the API."""
    return [
        PROJECT,
        *_first_version(),
        *_second_version(),
        *_comments(),
        *_checks_and_events(),
        _lone_patch(),
    ]


def _stub(version: int) -> dict[str, Any]:
    return series_stub(version, name=TITLE, version=version, date=f"2026-03-0{version}T10:00:00")


def _mail(version: int, name: str, **fields: Any) -> dict[str, Any]:
    stub = _stub(version)
    return {"name": name, "series": [stub], "project": PROJECT, "date": stub["date"], **fields}


def _series(version: int) -> dict[str, Any]:
    return series(
        **_stub(version) | {"number": version, "project": PROJECT, "total": 2, "received_total": 2}
    )


def _first_version() -> list[dict[str, Any]]:
    return [
        _series(1),
        cover(1, **_mail(1, f"[0/2] {TITLE}")),
        patch(
            1, **_mail(1, "[1/2] queue: refuse jobs when full", diff=LIMITED, state="superseded")
        ),
        patch(
            2,
            **_mail(
                1, "[2/2] queue: count from zero", diff=COUNTED, state="superseded", archived=True
            ),
        ),
    ]


def _second_version() -> list[dict[str, Any]]:
    letter = f"A full queue took one job too many.\n\nChanges since v1: <{factories.mail(1, 'cover')['msgid'][1:-1]}>"
    message = (
        "A queue that is full must refuse a job.\n\nSigned-off-by: Sender Number1 <sender1@example.org>\n"
        "---\nv2: compare with >=, as review asked for."
    )
    related = {"id": 20, "name": "queue: a lone fix", "msgid": "<2026030110.patch20@example.org>",
               "url": f"{API}/patches/20/", "web_url": "", "mbox": "", "list_archive_url": None}  # fmt: skip
    return [
        _series(2),
        cover(2, **_mail(2, f"[v2,0/2] {TITLE}", content=letter)),
        patch(
            11,
            **_mail(2, "[v2,1/2] queue: refuse jobs when full", diff=LIMITED_V2, content=message, state="accepted",
                    delegate=MAINTAINER, commit_ref="abcdef0123456789", related=[related]),
        ),
        patch(12, **_mail(2, "[v2,2/2] doc: say what a full queue does", diff=DOCUMENTED, state="under-review")),
    ]  # fmt: skip


def _comments() -> list[dict[str, Any]]:
    quote = "".join(f"> {line}\n" for line in LIMITED.splitlines()[4:9])
    lost = _reply_to("lost@example.org", "2026030110.patch12@example.org")
    return [
        comment(
            1,
            content=f"On the first of March, the sender wrote:\n{quote}\nShould this be >=?\u200b\n",
            addressed=True,
        ),
        comment(
            2,
            date="2026-03-01T12:00:00",
            headers=_reply_to("2026030111.comment1@example.org"),
            submitter=person(1),
            content="> Should this be >=?\n\nIt should. The next version will have it.",
        ),
        comment(
            3,
            on="covers/2",
            date="2026-03-03T10:00:00",
            headers=_reply_to("2026030110.cover2@example.org"),
            content="For the series:\n\nReviewed-by: Sender Number2 <sender2@example.org>",
        ),
        comment(
            4,
            on="patches/12",
            date="2026-03-03T11:00:00",
            headers=lost,
            content="See https://queue.example.org/errors as well.",
            addressed=False,
        ),
        comment(
            5,
            on="patches/11",
            date="2026-03-03T12:00:00",
            headers=_reply_to("2026030110.patch11@example.org"),
            submitter=person(3),
            content="Tested-by: Sender Number3 <sender3@example.org>",
        ),
    ]


def _reply_to(msgid: str, *above: str) -> dict[str, str]:
    """The headers of a reply; `above`: the mails that the one it replies to answers."""
    references = " ".join(f"<{one}>" for one in (*above, msgid))
    return {"In-Reply-To": f"<{msgid}>", "References": references}


def _checks_and_events() -> list[dict[str, Any]]:
    return [
        check(1, on=11, user=CI, context="build", date="2026-03-02T11:00:00"),
        check(2, on=11, user=CI, context="style", date="2026-03-02T11:05:00", state="warning", description="a long line"),
        check(3, on=11, user=CI, context="tests", state="fail", description="1 of 9 failed", target_url=""),
        {"id": 1, "category": "patch-state-changed", "project": PROJECT, "date": "2026-03-04T09:00:00",
         "actor": MAINTAINER, "payload": {"patch": {"id": 11}, "previous_state": "new",
                                          "current_state": "accepted"}},
        {"id": 2, "category": "patch-delegated", "project": PROJECT, "date": "2026-03-03T09:00:00",
         "actor": None, "payload": {"patch": {"id": 11}, "previous_delegate": None,
                                    "current_delegate": MAINTAINER}},
    ]  # fmt: skip


def _lone_patch() -> dict[str, Any]:
    return patch(20, name="[PATCH] queue: a lone fix", project=PROJECT, series=[], diff=COUNTED,
                 submitter=person(2), date="2026-02-20T08:00:00", state="rejected",
                 pull_url="https://git.example.org/queue tags/fix")  # fmt: skip
