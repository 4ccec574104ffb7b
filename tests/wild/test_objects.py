"""Objects that lack what others have: whole pages, no dead link, nothing else lost."""

from __future__ import annotations

import pytest

from generator.archive.database import Archive
from generator.errors import InputError
from generator.site.verify import Checked, verify
from tests.conftest import Site
from tests.factories import check, comment, cover, patch, project, series

pytestmark = pytest.mark.slow

NOBODY = {"id": 5, "name": None, "email": None}


def without(value: dict, *keys: str) -> dict:
    return {key: held for key, held in value.items() if key not in keys}


def test_a_site_of_objects_that_lack_much_is_whole(site: Site):
    linux, small = project(7, link_name="Linux"), project(8, link_name="linux")
    site.put(
        patch(1, series=None), patch(2, series=[]), patch(3, submitter=NOBODY), patch(4, submitter=None),
        patch(5, state="a state of its own"), patch(6, name=None, content=None, diff=None, headers=None),
        patch(7, project=linux, series=[]), patch(8, project=small, series=[]), project(9),
        cover(1, name=None, content=None, headers=None, series=[], submitter=None),
        series(99, name=None, version=None, total=None, submitter=None),
        check(1, on=1, context=None, user=None, state="odd"), without(check(2, on=1), "context"),
        comment(1, submitter=None, subject=None, content=None, headers={}), comment(2, submitter=NOBODY),
    )  # fmt: skip
    assert site.build(base_url="https://x.example/").failed == []
    with Archive(site.content / "archive.db", read_only=True) as archive:
        assert list(verify(archive, site.output, Checked())) == []
    folders = {path.name.lower() for path in (site.output / "project").iterdir()}
    assert folders == {"project-1", "linux", "~8", "project-9"}
    assert "(unknown)" in site.page(
        "project/project-1/patch/2026030110.patch3@example.org/index.html"
    )


def test_a_patch_without_a_project_takes_the_one_that_its_address_names(site: Site):
    known = "https://pw.example.org/project/project-1/patch/x/"
    site.put(project(1), without(patch(1, web_url=known), "project"))
    site.put(patch(2, project=None, web_url=known))
    for url in ("https://pw.example.org/project/other/patch/x/", None, 7):
        with pytest.raises(InputError, match=r"^patch 3: .*`project`$"):
            site.put(without(patch(3, web_url=url), "project"))
    site.build()
    for number in (1, 2):
        assert site.page(f"project/project-1/patch/2026030110.patch{number}@example.org/index.html")
