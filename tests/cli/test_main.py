"""What a command that does not come to its end leaves to scripts: never status 1, which means done but for …"""

from __future__ import annotations

from concurrent.futures import BrokenExecutor
from typing import Any

import pytest

from generator.cli import main as entry
from generator.errors import ConfigError, InputError, SourceError, StorageError
from generator.limits import LimitError


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ConfigError("x"), 2),
        (StorageError("x"), 2),
        (SourceError("x"), 3),
        (InputError("x"), 4),
        (LimitError("x"), 4),
        (BrokenExecutor("was killed"), 4),
        (MemoryError(), 4),
        (KeyError("x"), 4),
    ],
)
def test_each_error_has_its_status(
    error: Exception, status: int, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def fail(**_: Any) -> None:
        raise error

    monkeypatch.setattr(entry, "commands", fail)
    monkeypatch.setattr(entry.signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert ended.value.code == status
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].startswith("stillwork: ")
    assert (len(lines) > 1) == isinstance(error, KeyError)
