"""Every command with wrong arguments and files: one line that says so, status 2, and nothing is written."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from generator import config
from generator.archive import schema
from generator.cli import main as program
from tests import factories
from tests.conftest import Site

pytestmark = pytest.mark.slow


class Ended(NamedTuple):
    """How a command ended."""

    status: object
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A content folder and its site, which no wrong argument changes."""
    folder = tmp_path_factory.mktemp("world")
    patches = folder / "content/patches"
    patches.mkdir(parents=True)
    (patches / "p.jsonl").write_text(factories.lines(*(factories.patch(n) for n in (1, 2))))
    site = Site(folder)
    site.load(patches)
    site.build()
    return folder


@pytest.fixture
def stillwork(
    world: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """The whole program, in this process, in that folder."""
    monkeypatch.chdir(world)
    monkeypatch.setattr("signal.signal", lambda number, handler: handler)

    def run(*words: object) -> Ended:
        monkeypatch.setattr("sys.argv", ["stillwork", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            program.main()
        return Ended(end.value.code, *capsys.readouterr())

    before = tree(world)
    yield run
    assert tree(world) == before


def tree(folder: Path) -> dict[Path, tuple[int, int]]:
    """Every file and folder below a folder, with what changes when it is written."""
    states = ((path, path.lstat()) for path in sorted(folder.rglob("*")))
    return {
        path: (state.st_mode, 0 if stat.S_ISDIR(state.st_mode) else state.st_mtime_ns)
        for path, state in states
        if not path.name.endswith(("-shm", "-wal"))
    }


def is_refused(ended: Ended, text: str = "") -> bool:
    """Whether a command ended with status 2 and one printable line that holds a text."""
    line = ended.err.removesuffix("\n")
    return ended.status == 2 and line.startswith("stillwork: ") and line.isprintable() and (
        text in line and len(line) < 1200
    )  # fmt: skip


def fifo(folder: Path) -> Path:
    os.mkfifo(folder / "x")
    return folder / "x"


def unix_socket(folder: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(os.path.relpath(folder / "x"))  # the length of its address is bounded
    return folder / "x"


def link(target: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / "x").symlink_to(target)
        return folder / "x"

    return make


def file(content: bytes, name: str = "x") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def device(folder: Path) -> Path:
    """A device of the test's own: a fault here must not cost the machine's."""
    try:
        os.mknod(folder / "x", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root makes devices")
    return folder / "x"


#: What is no folder, and what is no file that can be written, by how it is made in an empty folder.
NO_FOLDERS: dict[str, Callable[[Path], Path]] = {
    "text": file(b"hello\n"),
    "empty file": file(b""),
    "binary file": file(bytes(range(256)) * 20),
    "below a file": lambda folder: file(b"x")(folder) / "y",
    "file not in UTF-8": file(b"x", os.fsdecode(b"\xff\xfe")),
    "pipe": fifo,
    "socket": unix_socket,
    "device": device,
    "broken link": link("nowhere"),
    "links in a circle": link("x"),
    "long name": lambda folder: folder / ("a" * 300),
    "very long name": lambda folder: folder / ("a" * 5000),
    "long path": lambda folder: folder / ("a/" * 2500),
}
NO_ARCHIVES: dict[str, Callable[[Path], Path]] = {
    **NO_FOLDERS,
    "typo": lambda folder: folder / "typo",
    "empty folder": lambda folder: folder,
    "line break": lambda folder: folder / "a\nb",
    "control characters": lambda folder: folder / "\x1b[31mred\x1b[0m",
    "not in UTF-8": lambda folder: folder / os.fsdecode(b"\xff"),
}  # fmt: skip
FROM_CONTENT = ["update 1 --state accepted", "numbers nginx", "backup x", "verify", "verify --archive", "stats",
                "build", "pull"]  # fmt: skip
FROM_OUTPUT = ["search lock", "serve", "verify", "stats"]


@pytest.mark.parametrize("kind", NO_ARCHIVES)
@pytest.mark.parametrize("words", FROM_CONTENT)
def test_what_holds_no_archive_is_no_content(stillwork: Command, tmp_path: Path, words, kind):
    content = NO_ARCHIVES[kind](tmp_path)
    before = tree(tmp_path)
    assert is_refused(stillwork("--content", content, *words.split()))
    assert tree(tmp_path) == before


@pytest.mark.parametrize("kind", NO_ARCHIVES)
@pytest.mark.parametrize("words", FROM_OUTPUT)
def test_what_holds_no_site_is_no_output(stillwork: Command, tmp_path: Path, words, kind):
    output = NO_ARCHIVES[kind](tmp_path)
    before = tree(tmp_path)
    assert is_refused(stillwork("--output", output, *words.split()))
    assert tree(tmp_path) == before


@pytest.mark.parametrize("kind", NO_FOLDERS)
@pytest.mark.parametrize("words", ["--output {} build", "--content {} import content/patches", "init {}"])  # fmt: skip
def test_what_is_no_folder_is_not_written_to(stillwork: Command, tmp_path: Path, words, kind):
    target = NO_FOLDERS[kind](tmp_path)
    before = tree(tmp_path)
    assert is_refused(stillwork(*(target if word == "{}" else word for word in words.split())))
    assert tree(tmp_path) == before


@pytest.mark.parametrize("output", ["content", "content/site", ".", "/", str(Path.home())])
def test_an_output_holds_nothing_else(stillwork: Command, output):
    assert is_refused(stillwork("--output", output, "build"), "give another --output")


@pytest.mark.parametrize("kind", ["pipe", "device", "socket"])
@pytest.mark.parametrize("options", [[], ["--force"]])
def test_a_backup_takes_the_place_of_no_device(stillwork: Command, tmp_path: Path, kind, options):
    target = NO_FOLDERS[kind](tmp_path)
    before = tree(tmp_path)
    assert is_refused(stillwork("backup", target, *options), "name a file")
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "target", [".", "content", "content/archive.db", "content/site/x", "typo/x", "a" * 300, "a/" * 2500]
)  # fmt: skip
def test_a_backup_is_a_file_of_its_own(stillwork: Command, target):
    assert is_refused(stillwork("backup", "--force", target))


@pytest.mark.parametrize("kind", ["typo", "line break", "control characters", "long path", "very long name"])  # fmt: skip
def test_a_path_to_import_has_to_exist(stillwork: Command, tmp_path: Path, kind):
    assert is_refused(stillwork("import", NO_ARCHIVES[kind](tmp_path)), "no such file")


@pytest.mark.parametrize(
    "kind", ["text", "empty file", "binary file", "pipe", "socket", "device", "broken link", "links in a circle"]
)  # fmt: skip
def test_a_file_without_objects_is_skipped(stillwork: Command, tmp_path: Path, kind):
    ended = stillwork("-q", "import", "--strict", NO_FOLDERS[kind](tmp_path))
    assert (ended.status, ended.err.count("\n")) == (1, 1)


NUMBERS = ["-1", "9" * 5000, "\u0663", "\u00b2", "1e3", "", "x", "1_0", "0x10", "1.5", " 1", "nan"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "words", ["build --jobs", "serve --port", "search lock --limit", "pull http://[::1]:9 --connections",
              "update --state new"]
)  # fmt: skip
def test_a_number_is_one_in_ascii_digits_and_in_its_range(stillwork: Command, words, number):
    assert is_refused(stillwork(*words.split(), number))


@pytest.mark.parametrize("words", ["build --jobs 1025", "serve --port 65536", "pull a --connections 17"])  # fmt: skip
def test_a_number_beyond_its_range_is_refused(stillwork: Command, words):
    assert is_refused(stillwork(*words.split()), "is not in the range")


@pytest.mark.parametrize("rate", ["0/s", "5", "5/d", "-5/s", "1e9/s", "0.001/h", "\u0663/s", "nan/s", "5/s/s"])  # fmt: skip
def test_a_rate_is_one_a_pull_can_keep(stillwork: Command, rate):
    assert is_refused(stillwork("pull", "http://[::1]:9/", "--rate", rate), "is not a rate")


@pytest.mark.parametrize(
    "date", ["2026", "2026-13-01", "2026-02-30", "0000-01-01", "99999-01-01", "yesterday", "", "9" * 5000,
             "2026-01-01T25:00:00", "\u0662\u0660\u0662\u0666-01-01"]
)  # fmt: skip
def test_a_date_is_one_of_the_calendar(stillwork: Command, date):
    assert is_refused(stillwork("pull", "http://[::1]:9/", "--since", date), "--since")


ADDRESSES = [
    "file:///etc/passwd", "ftp://example.org/", "javascript:alert(1)", "mailto:a@b", "http://", "://", "http:///a",
    "http:example.org", "//example.org/", "http://user:pass@example.org/", "http://:@example.org/", "http://a b/",
    "http://exa\nmple.org/", "http://example.org/\u2028a", "http://\udcff/", "\\\\host\\share",
    "http://example.org:port/", "http://example.org:99999/", "http://example.org:-1/", "http://example.org:0/",
    "http://example.org:\u0663/", f"http://example.org:{'9' * 5000}/", "http://[::1", "http://[::zz]/", "http://]/",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_server_has_an_http_address(stillwork: Command, address):
    ended = stillwork("pull", address)
    assert is_refused(ended)
    assert "pass@" not in ended.err


@pytest.mark.parametrize("address", ["http://256.256.256.256/", "http://xn--/", "http://\u0130.\u202f/"])  # fmt: skip
def test_a_server_has_a_name_that_can_be_looked_up(stillwork: Command, address):
    assert is_refused(stillwork("pull", address))


COMMANDS = [
    "init",
    "import",
    "pull",
    "update",
    "build",
    "search",
    "serve",
    "numbers",
    "verify",
    "backup",
    "stats",
]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("option", ["--nope", "-Z", "--" + "x" * 5000, "--a\nb\x1b[0m", "--\udcff"])
def test_an_unknown_option_is_refused(stillwork: Command, name, option):
    assert is_refused(stillwork(name, option), "--help")


@pytest.mark.parametrize("name", ["init", "search", "numbers", "backup"])
def test_a_missing_argument_is_named(stillwork: Command, name):
    assert is_refused(stillwork(name), "Missing argument")


def test_an_import_of_nothing_says_what_it_takes(stillwork: Command):
    assert is_refused(stillwork("import"), "give a PATH or --django-dump FILE")


@pytest.mark.parametrize("words", ["build --content", "--output", "pull --rate", "search --limit"])
def test_a_missing_value_is_named(stillwork: Command, words):
    assert is_refused(stillwork(*words.split()), "requires an argument")


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "import"])
def test_one_argument_too_many_is_refused(stillwork: Command, name):
    assert is_refused(stillwork(name, "nginx", "a\x1b[1m\nb", "c" * 5000), "unexpected extra")


@pytest.mark.parametrize("name", ["nope", "", "\n", "build\n", "\udcff", "x" * 5000, "--nope", "-"])
def test_an_unknown_command_is_refused(stillwork: Command, name):
    assert is_refused(stillwork(name))


def sql(*statements: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with sqlite3.connect(path) as opened:
            opened.executescript(";".join(statements))
        opened.close()

    return change


def replaced(make: Callable[[Path], Path]) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        path.unlink()
        made = make(path.parent)
        if not made.samefile(path.parent) if made.exists() else True:
            made.rename(path)

    return change


ARCHIVES: dict[str, Callable[[Path], None]] = {
    "text": lambda path: path.write_bytes(b"hello\n" * 1000),
    "binary": lambda path: path.write_bytes(bytes(range(256)) * 100),
    "only a header": lambda path: path.write_bytes(path.read_bytes()[:100]),
    "without its end": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "of a newer form": sql(f"PRAGMA user_version = {schema.VERSION + 1}"),
    "of a negative form": sql("PRAGMA user_version = -5"),
    "of another program": lambda path: (path.unlink(), sql("CREATE TABLE mine (a)")(path)),
    "of a name that is missing": sql("DELETE FROM meta"),
    "folder": lambda path: (path.unlink(), path.mkdir()),
    "pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "device": replaced(device),
    "broken link": replaced(link("nowhere")),
    "links in a circle": lambda path: (path.unlink(), path.symlink_to(path.name)),
}  # fmt: skip
ON_ARCHIVE = ["import content/patches", "pull http://[::1]:9/", "update 1 --state accepted", "numbers nginx",
              "build", "backup {}/copy", "verify"]  # fmt: skip


@pytest.mark.parametrize("kind", ARCHIVES)
@pytest.mark.parametrize("words", ON_ARCHIVE)
def test_what_is_no_archive_is_left_alone(
    stillwork: Command, world: Path, tmp_path: Path, words, kind
):
    content = tmp_path / "content"
    shutil.copytree(world / "content", content)
    ARCHIVES[kind](content / "archive.db")
    before = tree(tmp_path)
    ended = stillwork("-q", "--content", content, *words.format(tmp_path).split())
    assert is_refused(ended, "archive.db") or is_refused(ended, "no archive here")
    assert tree(tmp_path) == before


SITE_TOMLS: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text("hello"),
    "binary": lambda path: path.write_bytes(bytes(range(256))),
    "folder": lambda path: path.mkdir(),
    "pipe": lambda path: os.mkfifo(path),
    "broken link": lambda path: path.symlink_to("nowhere"),
    "links in a circle": lambda path: path.symlink_to(path.name),
    "unknown option": lambda path: path.write_text("nope = 1"),
    "unknown option with a line break": lambda path: path.write_text('"a\\nb\\u001b[0m" = 1'),
    "unknown option of 5,000 letters": lambda path: path.write_text(f"{'x' * 5000} = 1"),
    "option twice": lambda path: path.write_text('title = "a"\ntitle = "b"'),
    "no table": lambda path: path.write_text("pull = 3"),
    "unterminated": lambda path: path.write_text('title = "'),
    "byte order mark": lambda path: path.write_text('\ufefftitle = "a"'),
    "control character": lambda path: path.write_text('title = "\x1b"'),
    "nested": lambda path: path.write_text(f"title = {'[' * 5000}{']' * 5000}"),
    "5,000 digits": lambda path: path.write_text(f"page_size = {'9' * 5000}"),
    "30 digits": lambda path: path.write_text(f"page_size = {'9' * 30}"),
    **{
        f"theme {name[:20]!r}": lambda path, name=name: path.write_text(f'theme = "{name}"')
        for name in ("nope", "", ".", "..", "../content", "/etc", "a\\u0000", "a\\nb", "a" * 5000)
    },
    **{
        f"base_url {address[:30]!r}": lambda path, address=address: path.write_text(
            f'base_url = "{address}"'
        )
        for address in ADDRESSES
        if address.isprintable() and "\\" not in address
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", SITE_TOMLS)
def test_a_site_toml_that_cannot_be_meant_is_refused(stillwork: Command, tmp_path: Path, kind):
    content = tmp_path / "content"
    content.mkdir()
    SITE_TOMLS[kind](content / "site.toml")
    before = tree(tmp_path)
    folders = "--content", content, "--output", tmp_path / "output"
    assert is_refused(stillwork(*folders, "build"))
    assert tree(tmp_path) == before


WRONG_VALUES = [
    '"x"',
    "true",
    "-1",
    "999999999999",
    "1.5",
    "nan",
    "[1]",
    "{}",
    "2026-01-01",
    "12:00:00",
]


@pytest.mark.parametrize("option", [*config.options()], ids=lambda option: option.name)
def test_every_option_has_a_type(stillwork: Command, tmp_path: Path, option):
    tried = 0
    for value in WRONG_VALUES:
        if isinstance(option.default, str) and value == '"x"' and option.name not in ("redirects", "mbox_trailers"):  # fmt: skip
            continue
        if isinstance(option.default, bool) and value == "true":
            continue
        if isinstance(option.default, dict) and value == "{}":
            continue
        table = f"[{option.table}]\n" if option.table else ""
        (tmp_path / "site.toml").write_text(f"{table}{option.name} = {value}\n")
        folders = "--content", tmp_path, "--output", tmp_path.parent / "output"
        assert is_refused(stillwork(*folders, "build"), option.name), value
        tried += 1
    assert tried >= 8
    assert [path.name for path in tmp_path.iterdir()] == ["site.toml"]


ENTRIES = [b"", b"{}", b"[]", b"3", b'{"version": 1}', b'{"version": 3}', b"\xff", b"[" * 100_000]


@pytest.mark.parametrize("content", ENTRIES, ids=lambda content: repr(content[:20]))
def test_a_damaged_index_is_no_index_and_made_again(
    stillwork: Command, world: Path, tmp_path: Path, content
):
    shutil.copytree(world / "output", tmp_path / "output")
    entry = tmp_path / "output/search/entry.json"
    whole = entry.read_bytes()
    entry.write_bytes(content)
    assert is_refused(stillwork("--output", tmp_path / "output", "search", "lock"), "index")
    site = Site(tmp_path)
    shutil.copytree(world / "content", site.content)
    site.build(full=True)
    assert entry.read_bytes() == whole


def test_pipes_in_place_of_files_hold_up_nothing(stillwork: Command, world: Path, tmp_path: Path):
    shutil.copytree(world, tmp_path / "copy")
    site = Site(tmp_path / "copy")
    for name in ("output/index.html", "output/search/entry.json", "content/patches/q.json"):
        path = tmp_path / "copy" / name
        path.unlink(missing_ok=True)
        os.mkfifo(path)
    folders = "--content", site.content, "--output", site.output
    assert stillwork("-q", *folders, "verify").status == 1
    assert is_refused(stillwork(*folders, "search", "lock"), "no search index")
    site.load(site.content / "patches")
    assert site.failures == [f"{site.content}/patches/q.json: not a regular file"]
    site.build(full=True)
    assert (site.output / "index.html").is_file()
