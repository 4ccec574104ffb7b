from __future__ import annotations

import pytest

from generator.errors import ConfigError
from generator.sources.patchwork.discovery import choose, root_of
from tests.factories import project


@pytest.mark.parametrize(
    "address",
    [
        "https://pw.example.org",
        "https://pw.example.org/",
        "pw.example.org",
        "https://pw.example.org/api",
        "https://pw.example.org/api/",
        "https://pw.example.org/api/1.1/",
        "https://pw.example.org/api/1.4",
        "https://pw.example.org/project/qemu/list/?series=5",
        "https://pw.example.org/project/qemu/",
    ],
)
def test_an_instance_is_found_from_any_of_its_addresses(address: str) -> None:
    assert root_of(address) == "https://pw.example.org/"


def test_an_instance_may_live_below_a_path_and_on_a_port() -> None:
    assert (
        root_of("http://example.org:8080/patchwork/api/1.3/")
        == "http://example.org:8080/patchwork/"
    )


@pytest.mark.parametrize(
    "address", ["", "ftp://example.org/", "http://", "https://me:pass@example.org/"]
)
def test_no_address_is_refused(address: str) -> None:
    with pytest.raises(ConfigError):
        root_of(address)


def test_a_project_may_be_named_twice() -> None:
    projects = [project(1), project(2), project(3)]
    assert [item["id"] for item in choose(projects, ["2", "project-2", "project-1"])] == [2, 1]
