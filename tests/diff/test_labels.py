from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generator.diff.labels import labels
from generator.diff.parse import parse


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("old mode 100644\nnew mode 100755\n", ["made executable"]),
        ("old mode 100755\nnew mode 100644\n", ["no longer executable"]),
        ("old mode 100644\nnew mode 120000\n", ["regular file → symbolic link"]),
        ("old mode 100600\nnew mode 100640\n", ["mode 100600 → 100640"]),
        ("new file mode 100644\n", ["added"]),
        ("new file mode 100755\n", ["added", "executable"]),
        ("new file mode 120000\n", ["added", "symbolic link"]),
        ("deleted file mode 160000\n", ["removed", "submodule"]),
        ("index 1234567..89abcde 120000\n", ["symbolic link"]),
        ("index 1234567..89abcde 100644\n", []),
        ("similarity index 87%\nrename from x\nrename to y\n", ["renamed", "87 % similar"]),
        ("dissimilarity index 91%\n", ["91 % rewritten"]),
        ("Binary files a/x and b/x differ\n", ["binary"]),
        ("new file mode 100644\nGIT binary patch\nliteral 1234\nzc\n\nliteral 0\nH\n", ["binary", "added", "1,234 bytes"]),
        ("GIT binary patch\nliteral 7\nzc\n\nliteral 5\nH\n", ["binary", "5 → 7 bytes"]),
        ("GIT binary patch\ndelta 7\n!!\n", ["binary"]),
    ],
)  # fmt: skip
def test_headers_in_words(header: str, expected: list[str]) -> None:
    (file,) = parse(f"diff --git a/x b/x\n{header}")
    assert labels(file) == expected


def test_a_submodule_goes_from_one_commit_to_another() -> None:
    (file,) = parse(
        "diff --git a/m b/m\nindex 1111111..2222222 160000\n--- a/m\n+++ b/m\n@@ -1 +1 @@\n"
        f"-Subproject commit {'a1' * 20}\n+Subproject commit {'b2' * 20}\n"
    )
    assert labels(file) == ["submodule", "a1a1a1a1a1a1 → b2b2b2b2b2b2"]


def test_the_sizes_of_a_binary_file_are_those_on_disk(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True
        )
        return done.stdout.decode()

    git("init", "--quiet")
    content = bytes(range(256)) * 40
    (tmp_path / "x.bin").write_bytes(content)
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    (tmp_path / "x.bin").write_bytes(content[:5000] + b"more" + content[5000:])
    diff = git("diff", "--binary")
    assert "delta " in diff
    assert labels(parse(diff)[0]) == ["binary", "10,240 → 10,244 bytes"]
