"""Fuzzing by hand, guided by coverage: `pip install atheris`, then `python -m tests.hostile.fuzz TARGET [OPTION…]`.

The options are libFuzzer's, such as `-max_total_time=300`. It begins with the patterns of `patterns.py`. What it finds
is printed; make it an `@example` of a test in `test_fuzz.py`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.hostile.patterns import PATTERNS


def main() -> None:
    """Run one target until it fails or the time is up."""
    import atheris

    with atheris.instrument_imports(include=["generator"]):
        from tests.hostile.fuzz_targets import TARGETS

    name, *options = sys.argv[1:]
    target = TARGETS[name]

    def check(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        try:
            target(text)
        except BaseException:
            print(f"\nfound: {text!r}", file=sys.stderr)
            raise

    with tempfile.TemporaryDirectory() as corpus:
        for number, (head, unit, tail) in enumerate(PATTERNS.values()):
            Path(corpus, str(number)).write_text(head + unit * 8 + tail, "utf-8", "replace")
        found = f"-artifact_prefix={tempfile.gettempdir()}/"
        atheris.Setup([sys.argv[0], corpus, "-timeout=5", "-max_len=600", found, *options], check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
