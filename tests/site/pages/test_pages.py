"""What the pages show, by what a reader would look for."""

from __future__ import annotations

import re
from html import unescape

from generator.site.safeguards import Allowed
from tests import factories
from tests.conftest import Site
from tests.factories import check, comment, cover, patch, project, series, series_stub

PAGE = "project/project-1/patch/2026030110.patch1@example.org/index.html"


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_a_patch_page_tells_what_is_known(site):
    site.put(
        patch(state="accepted", archived=True, delegate=factories.user(3, username="maint"), commit_ref="deadbeef",
              pull_url="https://git.example.org/x.git tags/y"),
        check(state="fail", description="a <b> broke", context="build"),
        comment(),
    )  # fmt: skip
    site.build()
    page = site.page(PAGE)
    shown = text_of(page)
    for part in ("accepted", "archived", "maint", "deadbeef", "user9/build", "fail", "a <b> broke",
                 "Sender Number1", "2026-03-01 10:00 UTC", "2026030110.patch1@example.org",
                 "git.example.org/x.git tags/y", "Reviewed-by Sender Number2", "R 1"):  # fmt: skip
        assert part in shown, part
    assert 'href="https://git.example.org/commit/?id=deadbeef"' in page
    assert 'href="https://lists.example.org/2026030110.patch1@example.org/"' in page
    assert '<article class="comment depth0" id="1">' in page
    assert '<time datetime="2026-03-01T10:00:01Z">' in page
    assert 'href="#1">Reviewed-by</a>' in page


def test_hostile_text_is_shown_and_runs_nowhere(site):
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    who = factories.person(1, name=evil, email=f"{evil}@x")
    site.put(
        project(name=evil, list_email=evil, web_url="javascript:alert(1)", webscm_url=evil),
        patch(name=evil, submitter=who, content=evil, state=evil, commit_ref=evil, pull_url="javascript:alert(1)",
              delegate=factories.user(1, username=evil), headers={evil: evil, "Subject": evil},
              series=[series_stub(name=evil)], diff=f"--- a/{evil}\n+++ b/{evil}\n@@ -1 +1 @@ {evil}\n-{evil}\n+x\n"),
        series(name=evil, submitter=who),
        comment(content=f"> {evil}", subject=evil, submitter=who),
        check(description=evil, context=evil, state=evil, target_url="javascript:alert(1)"),
        cover(name=evil, content=evil),
    )  # fmt: skip
    site.build(title=evil, base_url="https://x.example/")
    assert not site.failures
    for name, content in site.files().items():
        if name.endswith((".html", ".atom", ".xml", "entry.json")):
            assert b"<script>" not in content, name
            assert b"<img src" not in content, name
            assert b'href="javascript' not in content, name


def test_siblings_neighbours_and_ghosts_of_a_series(site):
    stub = series_stub(total=3)
    site.put(
        patch(1, name="[1/3] first", series=[stub]),
        patch(3, name="[3/3] third", series=[stub]),
        series(total=3, received_total=2, received_all=False),
    )
    site.build()
    page = site.page("project/project-1/series/1/index.html")
    assert "Incomplete: 2 of 3 patches received" in page
    assert "not in this archive" in page
    first = site.page(PAGE)
    assert (
        'rel="next" href="../../../../project/project-1/patch/2026030110.patch3@example.org/"'
        in first
    )
    assert '<strong aria-current="page">[1/3] first</strong>' in first


def test_patches_stand_in_the_order_of_their_numbers_not_dates(site):
    site.put(
        patch(1, name="[2/2] later number", date="2026-03-01T09:00:00"),
        patch(2, name="[1/2] earlier number", date="2026-03-01T11:00:00"),
    )
    site.build()
    page = site.page("project/project-1/series/1/index.html")
    assert page.index("earlier number") < page.index("later number")


def test_a_missing_mail_is_a_ghost_that_leads_to_the_lists_archive(site):
    headers = {"In-Reply-To": "<lost@x>", "References": "<2026030110.patch1@example.org> <lost@x>"}
    site.put(patch(), comment(headers=headers))
    site.build()
    page = site.page(PAGE)
    assert "Not in this archive: <code>lost@x</code>" in page
    assert 'href="https://lists.example.org/lost@x/"' in page
    assert 'class="comment depth1" id="1"' in page


def test_the_same_change_elsewhere_is_linked(site):
    site.put(patch(1), patch(2, project=project(2), name="sent to another list"))
    site.build()
    assert "Identical patches" in site.page(PAGE)
    assert "../../../../project/project-2/patch/2026030110.patch2@example.org/" in site.page(PAGE)


def test_a_mail_named_in_a_message_becomes_a_link_when_it_arrives(site):
    site.put(patch(1, content="Supersedes: <2026030110.patch2@example.org>"))
    site.build()
    assert "patch/2026030110.patch2@example.org" not in site.page(PAGE)
    site.put(patch(2))
    site.build()
    assert 'href="../../../../project/project-1/patch/2026030110.patch2@example.org/"' in site.page(
        PAGE
    )


def test_the_list_form_says_what_is_missing(site):
    site.put(factories.list_form(patch()))
    site.build()
    assert "Only the list entry of this patch was archived" in site.page(PAGE)


def test_an_unsafe_message_id_gets_a_page_by_number(site):
    site.put(patch(5, msgid="<../../x>"))
    site.build()
    assert (site.output / "project/project-1/patch/~5/index.html").is_file()


def test_a_slash_in_a_message_id_is_kept_as_patchwork_keeps_it(site):
    site.put(patch(msgid="<a/b@c>"))
    site.build()
    assert (site.output / "project/project-1/patch/a%2Fb@c/index.html").is_file()
    assert "patch/a%252Fb@c/" in site.page("project/project-1/list/index.html")


def test_lists_are_numbered_from_the_oldest(site):
    site.put(
        *(
            patch(n, name=f"patch-{n:03}", date=f"2026-03-01T10:{n // 60:02}:{n % 60:02}")
            for n in range(1, 36)
        )
    )
    site.build(page_size=10)
    first = site.page("project/project-1/list/1/index.html")
    assert re.findall(r"patch-(\d+)", first) == [f"{n:03}" for n in range(10, 0, -1)]
    newest = site.page("project/project-1/list/index.html")
    assert re.findall(r"patch-(\d+)", newest) == [f"{n:03}" for n in range(35, 20, -1)]
    assert (site.output / "project/project-1/state/new/3/index.html").is_file()


def test_there_is_a_list_for_each_facet(site):
    site.put(
        patch(name="[RFC] x", delegate=factories.user(2, username="dele")),
        comment(),
        check(state="warning"),
    )
    site.build()
    for path in ("state/new", "submitter/1", "delegate/dele", "month/2026-03", "tag/reviewed", "check/warning",
                 "prefix/rfc"):  # fmt: skip
        assert "[RFC] x" in site.page(f"project/project-1/{path}/index.html"), path
        facet = path.split("/")[0]
        assert f"project/project-1/{path}/" in site.page(f"project/project-1/{facet}/index.html")


def test_owner_pages_are_in_the_navigation_and_themes_give_an_about_page(site):
    (site.content / "pages").mkdir()
    (site.content / "pages" / "rules.md").write_text("title: House rules\nnav: 5\n\n# Be *kind*\n")
    site.put(patch())
    site.build()
    assert "<em>kind</em>" in site.page("rules/index.html")
    assert re.search(
        r'href="\./rules/">House rules</a>\s*<a href="\./about/">About', site.page("index.html")
    )


def test_feeds_have_lasting_ids_and_absolute_links_where_the_base_is_known(site):
    site.put(patch(), comment())
    site.build(base_url="https://p.example.org/x/")
    feed = site.page("project/project-1/feed.atom")
    assert "<id>mid:2026030110.patch1@example.org</id>" in feed
    assert 'href="https://p.example.org/x/project/project-1/patch/' in feed
    assert "#1" in site.page("project/project-1/series/1/feed.atom")
    assert "<loc>https://p.example.org/x/project/project-1/patch/" in site.page("sitemap-1.xml")
    assert "Sitemap: https://p.example.org/x/sitemap.xml" in site.page("robots.txt")


def test_a_theme_can_replace_one_template_of_another(site):
    theme = site.content / "themes" / "mine"
    (theme / "templates").mkdir(parents=True)
    (theme / "theme.toml").write_text('inherits = "default"')
    (theme / "templates" / "not_found.html").write_text("Lost? {{ site.config.title }}")
    site.put(patch())
    site.build(theme="mine", title="T")
    assert site.page("404.html") == "Lost? T"
    assert "Diff" in site.page(PAGE)


def test_an_empty_archive_is_a_site_that_says_what_to_do(site):
    site.build(allowed=Allowed(empty=True))
    assert "The archive is empty." in site.page("index.html")


def test_a_pull_request_has_an_empty_diff_as_in_patchwork(site: Site) -> None:
    pull = patch(1, diff=None, pull_url="https://git.example.org/x.git tags/y")
    entry = {
        key: value for key, value in patch(2).items() if key not in ("headers", "content", "diff")
    }
    site.put(pull, entry)
    site.build()
    raw = {name for name in site.names() if name.endswith("/raw") and name.startswith("project/")}
    assert raw == {"project/project-1/patch/2026030110.patch1@example.org/raw"}
    assert site.page(raw.pop()) == ""
    assert 'href="raw"' not in site.page(
        "project/project-1/patch/2026030110.patch1@example.org/index.html"
    )


def test_a_cover_letter_alone_has_an_empty_mbox_of_its_series(site: Site) -> None:
    stubs = [series_stub(1), series_stub(2)]
    site.put(
        *(cover(n, series=[stub]) for n, stub in enumerate(stubs, 1)),
        series(1, total=2, received_total=0, patches=[]),
        series(2, total=2, received_total=1, patches=[]),
    )
    site.build()
    assert site.page("series/1/mbox") == "" and "series/2/mbox" not in site.names()
