from __future__ import annotations

from generator.archive.database import Archive
from generator.archive.read_cache import ReadCache
from generator.model import Patch
from tests import factories


class Reads:
    """Reads keys, and notes which."""

    def __init__(self, cache: ReadCache) -> None:
        self.cache = cache
        self.keys: list[str] = []

    def get(self, key: str, size: int = 1, large: str | None = None) -> str:
        def read() -> tuple[str, int]:
            self.keys.append(key)
            return f"value of {key}", size

        return self.cache.get(key, read, large=large)


def test_a_value_is_read_once():
    reads = Reads(ReadCache(10, 10))
    assert [reads.get("a"), reads.get("a")] == ["value of a"] * 2
    assert reads.keys == ["a"]


def test_the_least_recently_used_value_goes_first_when_the_bytes_are_used_up():
    reads = Reads(ReadCache(10, 10))
    for key in ("a", "b", "a", "c", "a", "b"):
        reads.get(key, 4)
    assert reads.keys == ["a", "b", "c", "b"]


def test_a_value_over_the_bound_of_one_is_not_kept_and_displaces_nothing():
    reads = Reads(ReadCache(10, 4))
    for key, size in (("small", 4), ("large", 5), ("large", 5), ("small", 4)):
        reads.get(key, size)
    assert reads.keys == ["small", "large", "large"]


def test_values_of_no_size_are_kept():
    reads = Reads(ReadCache(10, 4))
    reads.get("none", 0)
    reads.get("none", 0)
    assert reads.keys == ["none"]


def test_a_writable_archive_caches_nothing(archive, put):
    put(factories.patch(1, state="new"))
    assert archive.get(Patch, 1).state == "new"
    put(factories.patch(1, state="accepted"))
    assert archive.get(Patch, 1).state == "accepted"


def test_a_read_only_archive_reads_an_object_once(archive, put, tmp_path):
    put(factories.patch(1))
    with Archive(tmp_path / "content" / "archive.db", read_only=True) as readable:
        assert readable.get(Patch, 1) is readable.get(Patch, 1)


def test_the_last_of_the_large_values_of_a_kind_is_kept_where_that_is_asked_for():
    reads = Reads(ReadCache(10, 10))
    for key in ("a", "a", "b", "b", "a"):
        assert reads.get(key, 99, large="series") == f"value of {key}"
    assert reads.keys == ["a", "b", "a"]
    reads.get("c", 99, large="other")
    reads.get("a", 99, large="series")
    assert reads.keys == ["a", "b", "a", "c"]
    none = Reads(ReadCache(10, -1))
    assert [none.get("a", 99, large="series"), none.get("a", 99, large="series")]
    assert none.keys == ["a", "a"]
