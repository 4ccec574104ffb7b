"""The site of hostile objects, made once for all tests of it."""

from __future__ import annotations

import json
import os
import sys
from typing import NamedTuple

import pytest

from tests.conftest import Site
from tests.e2e.conftest import browser  # noqa: F401
from tests.hostile.generator import objects

#: `make hostile N=…` sets these.
COUNT = int(os.environ.get("HOSTILE_OBJECTS", "2000"))
SEED = int(os.environ.get("HOSTILE_SEED", "15"))


class Built(NamedTuple):
    """A site, and the lines that its import reported."""

    site: Site
    skipped: list[str]


@pytest.fixture
def built(hostile: Built) -> Site:
    return hostile.site


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """As many hostile objects as asked for, imported and built."""
    site = Site(tmp_path_factory.mktemp("hostile"))
    folder = site.content / "patches"
    folder.mkdir(parents=True)
    sys_depth = sys.getrecursionlimit()
    with (folder / "objects.jsonl").open("w") as file:
        sys.setrecursionlimit(10_000)  # for objects that nest deeper than may be imported
        try:
            file.writelines(json.dumps(value) + "\n" for value in objects(SEED, COUNT))
        finally:
            sys.setrecursionlimit(sys_depth)
    site.load(folder)
    skipped = [*site.failures]
    site.failures.clear()
    site.build(redirects="files")
    return Built(site, skipped)
