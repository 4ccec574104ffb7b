"""Whatever is left out is nowhere in the site."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from generator.archive import redaction
from generator.archive.database import Archive, table
from generator.model import KINDS
from generator.privacy import rules
from tests import factories
from tests.conftest import Site
from tests.factories import comment, cover, patch, person, series, series_stub, user
from tests.privacy.search import files_with

JANE = {"name": "Jane Q. Doe", "email": "Jane.Doe@corp.example"}
pytestmark = pytest.mark.slow

WORDS = "An unforgettable sentence about locks."


def archive(site: Site) -> None:
    letter = cover(
        5,
        content="Hello from Jane Q. Doe <jane.doe@corp.example> (jane.doe at corp dot example).",
        headers={"From": "=?utf-8?q?Jane_Q=2E_Doe?= <jane.doe@corp.example>", "X-Mailer": "Jane's",
                 "Return-Path": "<bounce+jane.doe=corp.example@lists.example.org>"},
        submitter=person(7, **JANE),
    )  # fmt: skip
    first = patch(
        1,
        name="[1/2] lock: unforgettable name",
        content=f"{WORDS}\n\nCc: J <jane.doe@corp.example>\nSigned-off-by: A <a@example.org>\n"
        "Depends-on: <an-unforgettable-one@example.org>",
        delegate=user(
            3, username="jane", email=JANE["email"], first_name="Jane Q.", last_name="Doe"
        ),
    )
    second = patch(2, name="[2/2] lock: other", submitter=person(7, **JANE), diff=factories.DIFF.replace(
        "lock_note(lock);", "/* Jane Q. Doe <jane.doe@corp.example> */"))  # fmt: skip
    reply = comment(
        11,
        subject="Re: [1/2] lock: unforgettable name",
        content=f"On Monday, Jane Q.\n> Doe wrote:\n> {WORDS}\n> Another line\n\nFine.\n"
        "Reviewed-by: Jane Q. Doe <jane.doe@corp.example>",
    )
    whole = series(1, name="lock: unforgettable name", patches=[
        {"id": 1, "msgid": first["msgid"], "name": first["name"], "mbox": "https://x/", "web_url": "https://x/"}],
        submitter=person(7, **JANE))  # fmt: skip
    held = factories.bundle(3, name="Jane Q. Doe: queue", owner=first["delegate"],
                            patches=[factories.stub(first), factories.stub(second)])  # fmt: skip
    site.put(whole, letter, first, second, reply, held)


def redact(site: Site, text: str) -> None:
    (site.content / "redactions.toml").write_text(text)


def test_a_person_is_left_out_everywhere(site):
    archive(site)
    site.build()
    assert len(files_with(site, r"jane\.doe|Q\. Doe")) > 10
    redact(site, '[[person]]\naddress = "jane.doe@corp.example"')
    site.build()
    assert files_with(site, r"jane\.doe|Q\.[\s>]+Doe|Jane's|>jane<") == []
    assert not [path for path in site.names() if re.search("jane|doe", path, re.IGNORECASE)]
    assert "Person 7: queue" in site.page("bundle/user-3/Person 7: queue/index.html")
    assert "Person 7" in site.page("person/7/index.html")
    mbox = site.page("project/project-1/patch/2026030110.patch2@example.org/mbox")
    assert "Person 7 <person-7@withheld.invalid>" in mbox


def test_a_removed_mail_leaves_its_address_and_the_reason(site):
    archive(site)
    redact(
        site,
        '[[mail]]\nmsgid = "<2026030110.patch1@example.org>"\nreason = "Asked for by its sender."',
    )
    site.build()
    assert files_with(site, "unforgettable") == []
    folder = "project/project-1/patch/2026030110.patch1@example.org"
    for name in ("index.html", "mbox"):
        assert "Asked for by its sender." in site.page(f"{folder}/{name}")
    assert site.page(f"{folder}/raw") == ""
    drop = '<meta name="robots" content="noindex">'
    assert drop in site.page(f"{folder}/index.html")
    assert drop not in site.page(f"{folder.replace('patch1', 'patch2')}/index.html")
    assert "Fine." in site.page(f"{folder}/index.html")
    (bundle,) = json.loads(site.page("api/bundles/pages/1.json"))
    assert [stub["id"] for stub in bundle["patches"]] == [2]
    mbox = site.page("bundle/jane/Jane Q. Doe: queue/mbox")
    assert "X-Patchwork-Id: 2" in mbox and "X-Patchwork-Id: 1" not in mbox
    assert "&gt; [removed]" in site.page(f"{folder}/index.html")
    assert '"submitter":null' in site.page("api/patches/1.json").replace(" ", "")


def test_all_mails_of_a_person_can_be_removed(site):
    archive(site)
    redact(site, '[[person]]\nnumber = 7\nmails = "remove"')
    site.build()
    assert files_with(site, "Hello from|lock: other") == []


@pytest.mark.parametrize(("show", "found"), [("short", "jane.doe@person-7.withheld.invalid"),
                                             ("none", "person-7@withheld.invalid")])  # fmt: skip
def test_a_site_can_shorten_all_addresses_but_those_of_lists(site, show, found):
    archive(site)
    site.build(show_addresses=show)
    assert files_with(site, r"@corp\.example|sender\d@example") == []
    assert files_with(site, found.replace(".", r"\."))
    assert files_with(site, "project-1@example.org")
    assert files_with(site, "patch1@example.org")


def test_patterns_of_addresses_have_exceptions(site):
    archive(site)
    redact(
        site,
        '[[address]]\npattern = "sender1@*"\nshow = "all"\n[[address]]\npattern = "*@example.org"',
    )
    site.build()
    assert files_with(site, "sender2@example.org") == []
    assert files_with(site, "sender1@example.org")
    assert files_with(site, "jane.doe@corp.example")


def test_changed_rules_change_what_they_are_about_and_give_the_same_as_a_full_build(site):
    archive(site)
    other = patch(30, series=[series_stub(3)], submitter=person(4))
    site.put(other)
    site.build()
    before = site.files()
    redact(site, '[[person]]\naddress = "jane.doe@corp.example"')
    report = site.build()
    kept = [path for path in before if "patch30" in path and path in site.files()]
    assert kept and all(site.files()[path] == before[path] for path in kept)
    assert report.kept["patch"] > 0
    changed = site.files()
    shutil.rmtree(site.output)
    site.build()
    assert site.files() == changed
    (site.content / "redactions.toml").unlink()
    site.build()
    again = site.files()
    assert {path: again.get(path) for path in before} == before


def test_a_later_pull_is_redacted_too_and_gives_the_same_as_a_full_build(site):
    archive(site)
    redact(site, '[[person]]\naddress = "jane.doe@corp.example"')
    site.build()
    site.put(patch(40, submitter=person(7, **JANE), content="By Jane Q. Doe."), patch(41))
    site.build()
    assert files_with(site, r"jane\.doe|Q\. Doe") == []
    changed = site.files()
    shutil.rmtree(site.output)
    site.build()
    assert site.files() == changed


def test_forgetting_removes_it_from_the_file_of_the_archive(site):
    archive(site)
    redact(
        site,
        '[[person]]\naddress = "jane.doe@corp.example"\n[[mail]]\nmsgid = "2026030110.patch1@example.org"',
    )
    site.build()
    shown = site.files()
    path = site.content / "archive.db"
    with Archive(path) as opened:
        redaction.forget(opened, rules.load(site.content, "all"))
        everything = [
            raw for kind in KINDS for (raw,) in opened.sql.execute(f"SELECT raw FROM {table(kind)}")
        ]
        assert not any(
            b"oe@corp" in opened.unpack(raw) or b"unforg" in opened.unpack(raw)
            for raw in everything
        )
        assert opened.sql.execute("PRAGMA freelist_count").fetchone() == (0,)
    assert not re.search(rb"jane\.doe|unforgettable", path.read_bytes(), re.IGNORECASE)
    site.build()
    assert site.files() == shown


def test_a_rule_about_nothing_is_told(site):
    archive(site)
    redact(site, '[[mail]]\nmsgid = "nobody@example.org"\n[[person]]\nnumber = 99')
    path = site.content / "archive.db"
    done = redaction.publish(path, site.output / "copy.db", rules.load(site.content, "all"))
    assert sorted(done.unused) == ["mail nobody@example.org", "person 99"]


def test_somebody_is_nowhere_in_a_site_of_real_mails(site, recorded):
    with Archive(recorded.content / "archive.db", read_only=True) as opened:
        opened.copy_to(site.content / "archive.db")
        number, name, address = opened.sql.execute(
            "SELECT w.id, w.name, w.email FROM person w JOIN patch p ON p.submitter_id = w.id "
            "WHERE w.name LIKE '_% __%' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        ).fetchone()
    redact(site, f"[[person]]\nnumber = {number}")
    site.build(jobs=2)
    # Git makes message ids of the time and the sender's address.
    between = r"[\s>|]+".join(map(re.escape, name.split()))
    assert files_with(site, rf"(?<![\w.+-]){re.escape(address)}|\b{between}\b") == []
    assert files_with(site, f"person-{number}@withheld.invalid")
