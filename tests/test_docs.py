"""The documents hold what they promise: their links lead somewhere, and what they name exists."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from generator.cli.git_commands import commands
from generator.config import Config, PullConfig

ROOT = Path(__file__).parent.parent
ARCHITECTURE = ROOT / "docs" / "architecture.md"
README = ROOT / "README.md"
LIMIT = 120

_TRACKED = subprocess.check_output(["git", "ls-files", "*.md"], cwd=ROOT, text=True)
DOCUMENTS = [ROOT / name for name in _TRACKED.splitlines()]
#: Links of Markdown pages of the site are relative to their URL; `stillwork verify` checks them.
LINKED = [path for path in DOCUMENTS if "pages" not in path.parts]

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`([^`]+)`")
_MAKE = re.compile(r"(?:^|&&|;)\s*make\s+([^#&|;]+)")
_COMMAND = re.compile(r"(?:^|\s|/)stillwork\s+([^#&|;>]+)")
_OPTION = re.compile(r"(--[a-z][a-z-]*)(?: [A-Z]+)?")
_GLOBAL = {"--content": 1, "--output": 1, "-q": 0, "-v": 0}


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=[str(p.relative_to(ROOT)) for p in paths])


def split(path: Path) -> tuple[list[tuple[int, str]], list[str]]:
    """The numbered lines of prose of a document, tables among them, and the lines of its code blocks."""
    prose, code, fenced = [], [], False
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith(("    ", "\t")):
            code.append(line.strip())
        else:
            prose.append((number, line))
    return prose, code


def text_of(path: Path) -> str:
    return "\n".join(line for _, line in split(path)[0])


def code_of(path: Path) -> list[str]:
    """Lines of code blocks and code spans; a line that goes on below is joined with what follows."""
    lines = "\n".join(split(path)[1]).replace("\\\n", " ").splitlines()
    return lines + [" ".join(span.split()) for span in _SPAN.findall(text_of(path))]


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub and GitLab make them."""
    titles = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


def arguments(path: Path) -> Iterator[list[str]]:
    """The words after `stillwork` wherever a document names a command, without the common options."""
    for line in code_of(path):
        for found in _COMMAND.findall(line):
            words = found.split()
            while words and words[0] in _GLOBAL:
                del words[: 1 + _GLOBAL[words[0]]]
            if words and not words[0].startswith("["):
                yield words


def options(command: click.Command) -> set[str]:
    return {name for param in command.params for name in (*param.opts, *param.secondary_opts)}


@each(DOCUMENTS)
def test_lines_of_prose_are_short(path: Path) -> None:
    prose, _ = split(path)
    long = [number for number, line in prose if len(line) > LIMIT and not line.startswith("|")]
    assert long == []


@each(LINKED)
def test_links_lead_to_a_file_and_a_heading(path: Path) -> None:
    dead = []
    for link in _LINK.findall(_SPAN.sub("", text_of(path))):
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        if re.match(r"[a-z]+:", link):
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


@each(DOCUMENTS)
def test_make_targets_exist(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
    words = [
        word for line in code_of(path) for rest in _MAKE.findall(line) for word in rest.split()
    ]
    named = {word for word in words if "=" not in word and not word.startswith("-")}
    assert named - targets == set()


@each(DOCUMENTS)
def test_commands_exist_and_take_the_options_they_are_shown_with(path: Path) -> None:
    unknown = []
    for name, *rest in arguments(path):
        command = commands.commands.get(name)
        taken = options(command) if command else set()
        given = {word.partition("=")[0] for word in rest if word.startswith("--")}
        if command is None or not given <= taken:
            unknown.append(" ".join([name, *rest]))
    assert unknown == []


@each(DOCUMENTS)
def test_an_option_that_stands_alone_belongs_to_some_command(path: Path) -> None:
    known = set().union(*map(options, [commands, *commands.commands.values()]), {"--help"})
    named = {match[1] for line in code_of(path) if (match := _OPTION.fullmatch(line))}
    assert named - known == set()


def test_the_readme_names_every_command() -> None:
    assert {name for name, *_ in arguments(README)} >= commands.commands.keys()


def test_the_readme_names_every_option_of_the_configuration() -> None:
    rows = "\n".join(line for line in text_of(README).splitlines() if line.startswith("| `"))
    names = {*Config.__struct_fields__, *PullConfig.__struct_fields__, "[feeds]"} - {
        "pull",
        "feeds",
    }
    assert names - set(_SPAN.findall(rows)) == set()


def test_the_files_that_the_architecture_names_exist() -> None:
    named = re.findall(
        r"`((?:generator|themes|tests|docs|benchmarks)/[\w./-]+)`", text_of(ARCHITECTURE)
    )
    assert len(named) > 30
    assert [name for name in named if not (ROOT / name).exists()] == []
