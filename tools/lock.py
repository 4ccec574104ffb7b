"""constraints.txt: the exact versions that pip picks today for Stillwork, its tests and its lints.

`python -m tools.lock > constraints.txt`. The bounds in pyproject.toml say what
should work; this says what was tested.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_HEADER = """\
# Versions that Stillwork was tested with, on Python 3.11 and newer. Made by `make lock`; used by
# `make site` and `make test`, unless they are given LOCK= (then the bounds in pyproject.toml count).
"""


def resolved(requirement: str) -> dict[str, str]:
    """Name → version of each package that pip would install for a requirement but Stillwork itself."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed",
             "--disable-pip-version-check", "--report", report, requirement],
            cwd=_ROOT, check=True, stdout=sys.stderr,
        )  # fmt: skip
        installed = json.loads(report.read_text("utf-8"))["install"]
    packages = {item["metadata"]["name"].lower(): item["metadata"]["version"] for item in installed}
    packages.pop("stillwork")
    return packages


if __name__ == "__main__":
    versions = resolved(".[test,lint]")
    print(_HEADER + "".join(f"{name}=={versions[name]}\n" for name in sorted(versions)), end="")
