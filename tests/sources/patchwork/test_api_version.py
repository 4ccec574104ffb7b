from __future__ import annotations

import pytest

from generator.sources.patchwork import discovery
from generator.sources.patchwork.api_version import VERSIONS, ApiVersion
from tests.sources.patchwork.conftest import Pulls, asked
from tests.sources.patchwork.fake import LATER_VERSION, Fake


def test_versions_compare_by_their_numbers() -> None:
    assert ApiVersion.parse("1.10") > ApiVersion.parse("1.9") > ApiVersion.parse("1.4")
    assert list(VERSIONS) == sorted(VERSIONS, reverse=True)


@pytest.mark.parametrize("text", ["1.4", "1.10", "2.0"])
def test_a_version_is_written_as_it_is_read(text: str) -> None:
    assert str(ApiVersion.parse(text)) == f"{ApiVersion.parse(text)}" == text


@pytest.mark.parametrize("text", ["", "1", "1.", "latest"])
def test_anything_else_is_not_a_version(text: str) -> None:
    with pytest.raises(ValueError):
        ApiVersion.parse(text)


def test_a_tenth_version_has_all_that_the_fourth_has(
    fake: Fake, pull: Pulls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "VERSIONS", (ApiVersion.parse(LATER_VERSION), *VERSIONS))
    fake.version = LATER_VERSION
    pull()
    assert all("/api/1.10/" in target for target in fake.log if "/api/" in target)
    assert asked(fake)["patches/N/comments/"] == 2  # as with 1.4: events name those with comments
    fake.version = "1.4"
    pull()
    fake.version = LATER_VERSION
    pull()
    assert "patches/N/comments/" not in asked(fake)  # 1.10 is no upgrade to events about comments
