"""The help to answer a mail, as a page shows it: a mailto link and a `git send-email` command."""

from __future__ import annotations

import re
import shlex
from html import unescape
from urllib.parse import parse_qs, urlsplit

from tests.conftest import Site
from tests.factories import comment, patch, person

PAGE = "project/project-1/patch/2026030110.patch1@example.org/index.html"


def mails(site: Site) -> list[tuple[str, dict[str, list[str]]]]:
    """(receiver, fields) of each mailto link on the page of patch 1, in its order."""
    links = [
        urlsplit(unescape(link))
        for link in re.findall(r'href="(mailto:[^"]*\?[^"]*)"', site.page(PAGE))
    ]
    return [(link.path, parse_qs(link.query)) for link in links]


def commands(site: Site) -> list[list[str]]:
    """The options of each `git send-email` command on that page, as a shell reads them."""
    found = re.findall(r"git send-email(.*?)my\.patch", unescape(site.page(PAGE)), re.DOTALL)
    return [shlex.split(command.replace("\\\n", "")) for command in found]


def headers(to: str, cc: str) -> dict[str, str]:
    return {"To": to, "Cc": cc, "Message-Id": "<2026030110.patch1@example.org>"}


def test_an_answer_goes_to_the_sender_and_copies_everyone_else_once(site: Site) -> None:
    to = "project-1@example.org, Sender <sender1@example.org>"
    cc = "Maint <maint@example.org>, sender1@example.org, project-1@example.org"
    site.put(patch(1, headers=headers(to, cc)))
    site.build()
    others = ["project-1@example.org", "maint@example.org"]
    ((receiver, fields),) = mails(site)
    assert receiver == "sender1@example.org"
    assert fields["Cc"] == [",".join(others)]
    assert fields["In-Reply-To"] == ["<2026030110.patch1@example.org>"]
    (options,) = commands(site)
    assert options == [
        "--in-reply-to=<2026030110.patch1@example.org>",
        "--to=sender1@example.org",
        *(f"--cc={address}" for address in others),
    ]


def test_an_answer_to_a_reply_goes_to_who_replied(site: Site) -> None:
    """And who sent the patch, whom the reply went to, is among the copies."""
    site.put(patch(1, headers=headers("project-1@example.org", "")))
    site.put(
        comment(
            1, headers=headers("sender1@example.org", "sender2@example.org"), submitter=person(2)
        )
    )
    site.build()
    _, (receiver, fields) = mails(site)
    assert receiver == "sender2@example.org"
    assert fields["Cc"] == ["sender1@example.org,project-1@example.org"]


def test_a_sender_without_a_usable_address_gives_their_place_to_the_first_copy(site: Site) -> None:
    site.put(
        patch(1, submitter=person(1, email="no address"), headers=headers("a@x.org", "b@x.org"))
    )
    site.build()
    ((receiver, fields),) = mails(site)
    assert receiver == "a@x.org"
    assert fields["Cc"] == ["b@x.org,project-1@example.org"]


def test_an_address_cannot_bring_in_fields_or_commands(site: Site) -> None:
    evil, worse = "x&Bcc=evil@example.net", "a'$HOME`id`&b@x.org"
    site.put(patch(1, submitter=person(1, email=evil), headers=headers(worse, "")))
    site.build()
    ((_, fields),) = mails(site)
    assert set(fields) == {"In-Reply-To", "Cc", "Subject"}
    assert fields["Cc"] == [f"{worse},project-1@example.org"]
    (options,) = commands(site)
    assert options[1:3] == [f"--to={evil}", f"--cc={worse}"]


def test_a_subject_says_re_once(site: Site) -> None:
    site.put(patch(1, name="[PATCH] a\n  b"), comment(1, subject="RE: [PATCH] a"))
    site.build()
    assert [fields["Subject"] for _, fields in mails(site)] == [
        ["Re: [PATCH] a b"],
        ["RE: [PATCH] a"],
    ]
