"""What a command prints harms no terminal, and it says where it can't print."""

from __future__ import annotations

import errno
import io
import json

import click
import pytest

from generator.cli.terminal import echo, echo_json, read_input
from generator.errors import ConfigError, StorageError

#: What a terminal would obey: a colour, a title, the start of a command in one character, another direction.
HOSTILE = "a\x1b[31mb\x1b]0;c\x07d\x9b1me\u202ef\x7f"


def test_control_characters_of_strangers_are_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    echo(HOSTILE)
    assert capsys.readouterr().out == "a?[31mb?]0;c?d?1me?f?\n"


def test_in_json_they_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    echo_json({"name": HOSTILE + "\u00fc"})
    line = capsys.readouterr().out.removesuffix("\n")
    assert line.isprintable() and "\u00fc" in line
    assert json.loads(line) == {"name": HOSTILE + "\u00fc"}


def test_a_full_disk_behind_standard_output_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(click, "echo", fail)
    with pytest.raises(StorageError, match="standard output: the disk is full"):
        echo("x")


def test_input_need_not_be_text_but_has_to_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"lock \xff")))
    assert read_input() == "lock \ufffd"
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(ConfigError, match="standard input is closed"):
        read_input()
