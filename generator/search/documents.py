"""What of a patch is indexed: its text by field, its columns, and the record that results show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from generator.archive import mails
from generator.archive.database import Archive
from generator.archive.patch_rows import PatchRow, patch_rows
from generator.diff.parse import FileDiff, read_header, sections
from generator.mail.headers import bare_msgid, header
from generator.model import Patch
from generator.search import fields
from generator.search.tokenizer import MAX_SENDER, words


@dataclass(slots=True)
class Document:
    """One patch. `texts`: (field, text) pairs; `exact`: terms that are whole values."""

    id: int
    date: int
    project: int
    texts: list[tuple[int, str]]
    paths: list[str] = field(default_factory=list)
    exact: list[str] = field(default_factory=list)
    record: list[Any] = field(default_factory=list)


def documents(archive: Archive, ids: list[int]) -> Iterator[Document]:
    """The documents of some patches, in the order of their ids as given."""
    rows = {
        row.id: row
        for at in range(0, len(ids), 500)
        for row in patch_rows(archive, ids[at : at + 500])
    }
    for number in ids:
        yield document(mails.patch(archive, number), rows[number])


def document(patch: Patch, row: PatchRow) -> Document:
    """One patch as a document."""
    headers = patch.headers if isinstance(patch.headers, dict) else {}
    content = patch.content if isinstance(patch.content, str) else ""
    lines = content.split("\n")
    submitter = patch.submitter
    texts = [
        (fields.SUBJECT, patch.name or ""),
        (fields.FROM, f"{submitter.name or ''} {submitter.email or ''}" if submitter else ""),
        (fields.UNQUOTED, "\n".join(line for line in lines if not line.startswith(">"))),
        (fields.QUOTED, "\n".join(line[1:] for line in lines if line.startswith(">"))),
        (fields.TO, header(headers, "To")),
        (fields.CC, header(headers, "Cc")),
    ]
    found = Document(row.id, row.date, row.project_id, texts)
    if isinstance(patch.diff, str):
        _read_diff(found, patch.diff)
    found.exact = [f"m:{bare_msgid(patch.msgid).lower()}"[:300], f"id:{patch.id}"]
    if row.series_id is not None:
        found.exact.append(f"series:{row.series_id}")
    if patch.hash:
        found.exact.append(f"hash:{patch.hash.lower()}"[:100])
    if patch.commit_ref:
        found.exact.append(f"commit:{patch.commit_ref.lower()}"[:100])
    if submitter:
        found.exact += sender_terms(submitter.name or "", submitter.email or "")
    slug = row.slug if row.slug != row.msgid.replace("/", "%2F") else None
    # The sender as this mail names them: a record follows from its patch alone.
    name = (submitter.name or submitter.email or "") if submitter else ""
    found.record = [row.id, row.msgid, row.name, name, row.project_id, row.series_id, slug]  # fmt: skip
    return found


def sender_terms(name: str, email: str) -> list[str]:
    """What `f:"Alex Doe"` looks up: name and address, whole and by their ends of two words or more."""
    ends = {
        " ".join(found[at:])
        for found in (words(name), words(email))
        for at in range(len(found) - 1)
    }
    return [f"f:{end}"[:MAX_SENDER] for end in sorted(ends)]


def _read_diff(found: Document, diff: str) -> None:
    added: list[str] = []
    removed: list[str] = []
    functions: list[str] = []
    paths: dict[str, None] = {}
    for section in sections(diff.split("\n")):
        start = next((n for n, line in enumerate(section) if line.startswith("@@ ")), len(section))
        file = FileDiff(section[:start])
        read_header(file)
        paths |= dict.fromkeys(path for path in (file.old_path, file.new_path) if path)
        for line in section[start:]:
            kind = line[:1]
            if kind == "+":
                added.append(line[1:])
            elif kind == "-":
                removed.append(line[1:])
            elif kind == "@" and line.startswith("@@ "):
                functions.append(line.partition(" @@")[2])
    found.paths = list(paths)
    found.texts += [
        (fields.ADDED, "\n".join(added)),
        (fields.REMOVED, "\n".join(removed)),
        (fields.HUNK, "\n".join(functions)),
    ]
