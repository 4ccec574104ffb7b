"""Every JSON file of the API has the shape that Patchwork's clients rely on."""

from __future__ import annotations

import json
import re
from collections import Counter

import jsonschema
import pytest

from tests.conftest import Site
from tests.factories import bundle, check, comment, cover, list_form, patch, project, series, stub
from tests.site.exports.api_shapes import FILES

BUNDLES = r"^api/bundles/\d+\.json$"
EVENTS = r"^api/events/[^/]+/\d{4}-\d\d\.json$"
#: The sample has neither bundles nor events.
ABSENT = {BUNDLES, EVENTS, r"^project/[^/]+/lists/bundles/.*\.json$"}


def checked(site: Site) -> Counter[str]:
    """Hold all files against their shapes; how many there were of each kind."""
    validators = [(pattern, jsonschema.Draft202012Validator(shape)) for pattern, shape in FILES]
    seen: Counter[str] = Counter()
    for path, content in site.files().items():
        if path.endswith(".json") and path.startswith(("api/", "project/")):
            pattern, validator = next(pair for pair in validators if re.search(pair[0], path))
            faults = [
                f"{path}: {fault.json_path}: {fault.message}"
                for fault in validator.iter_errors(json.loads(content))
            ]
            assert faults == []
            seen[pattern] += 1
    return seen


def test_the_samples_api(sample: Site) -> None:
    assert {pattern for pattern, _ in FILES} - checked(sample).keys() == ABSENT


def test_the_recorded_api(recorded: Site) -> None:
    assert EVENTS in checked(recorded)


@pytest.mark.parametrize("base_url", ["", "https://archive.example.org/pw/"])
def test_objects_of_old_versions_and_half_known_ones(site: Site, base_url: str) -> None:
    old = {
        k: v
        for k, v in patch(2).items()
        if k not in ("web_url", "comments", "related", "list_archive_url")
    }
    bare = {
        key: held for key, held in comment(4).items() if key not in ("url", "addressed", "web_url")
    }
    site.put(
        project(1), patch(1), old, list_form(patch(3)), patch(5, series=[], delegate=None, diff=None),
        cover(1), series(1), bare, check(1),
            bundle(4, patches=[stub(patch(1))]),
    )  # fmt: skip
    site.build(base_url=base_url)
    assert BUNDLES in checked(site)


@pytest.mark.parametrize(
    ("broken", "what"), [("date", "2026-13"), ("state", None), ("mbox", "no address")]
)
def test_the_shapes_are_not_met_by_anything(broken: str, what: object) -> None:
    shape = dict(FILES)[r"^api/patches/\d+\.json$"]
    value = patch(1) | {broken: what}
    assert list(jsonschema.Draft202012Validator(shape).iter_errors(value))
