"""What is indexed of a patch: its text by field, its columns, and the record that results show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from generator.archive import mails
from generator.archive.database import Archive
from generator.archive.patch_rows import PatchRow, patch_rows
from generator.diff.header import read_header
from generator.diff.parse import changed_lines
from generator.diff.sections import sections
from generator.mail import attached
from generator.mail.attached import AttachedMail
from generator.mail.encoded_words import decoded
from generator.mail.headers import header
from generator.mail.readable import readable_text
from generator.model import Patch
from generator.search.encoding import Record
from generator.search.fields import BITS
from generator.search.tokenizer import MAX_SENDER, words

#: Characters of a sender's name, and of the address, that are looked up by their ends.
_LONGEST_NAME = 1000


@dataclass(frozen=True, slots=True)
class Document:
    """One patch. `texts`: (field, text) pairs; `exact`: terms that are whole values."""

    id: int
    date: int
    texts: list[tuple[int, str]]
    paths: list[str]
    exact: list[str]
    record: Record


@dataclass(slots=True)
class _DiffTexts:
    """What is indexed of a diff. The keys of `paths` are the paths, in the order of the diff."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    hunk_headers: list[str] = field(default_factory=list)
    paths: dict[str, None] = field(default_factory=dict)
    messages: list[AttachedMail] = field(default_factory=list)


def documents(archive: Archive, ids: list[int]) -> Iterator[Document]:
    """The documents of some patches, in the order of their ids as given."""
    for row in patch_rows(archive, ids):
        yield read_document(archive, row)


def read_document(archive: Archive, row: PatchRow) -> Document:
    """The document of the patch that a row of the lists is about."""
    return document(mails.patch(archive, row.id), row)


def stub(row: PatchRow) -> Document:
    """What is indexed of a patch whose text can't be: its subject and ids."""
    return Document(
        id=row.id,
        date=row.date,
        texts=[(BITS["subject"], row.name)],
        paths=[],
        exact=_identifiers(row),
        record=_record(row, row.submitter),
    )


def document(patch: Patch, row: PatchRow) -> Document:
    """One patch as a document."""
    headers = patch.headers if isinstance(patch.headers, dict) else {}
    diff = _read_diff(patch.diff if isinstance(patch.diff, str) else "")
    lines = readable_text(patch).split("\n")
    submitter = patch.submitter
    name = decoded(submitter.name or "") if submitter else ""
    email = (submitter.email or "") if submitter else ""
    attachments = [text for mail in diff.messages for text in (mail.message, mail.notes)]
    texts = {
        "subject": "\n".join([decoded(patch.name or ""), *(mail.title for mail in diff.messages)]),
        "unquoted": "\n".join(
            [*(line for line in lines if not line.startswith(">")), *attachments]
        ),
        "quoted": "\n".join(line[1:] for line in lines if line.startswith(">")),
        "from": f"{name} {email}",
        "to": decoded(header(headers, "To")),
        "cc": decoded(header(headers, "Cc")),
        "added": "\n".join(diff.added),
        "removed": "\n".join(diff.removed),
        "hunk": "\n".join(diff.hunk_headers),
    }
    return Document(
        id=row.id,
        date=row.date,
        texts=[(BITS[key], text) for key, text in texts.items()],
        paths=list(diff.paths),
        exact=[*_identifiers(row), *_commits(patch), *sender_terms(name, email)],
        # The sender as this mail names them: a record follows from its patch alone.
        record=_record(row, name or email),
    )


def _identifiers(row: PatchRow) -> list[str]:
    """Terms that are whole values."""
    terms = [f"m:{row.msgid.lower()}"[:300], f"id:{row.id}"]
    if row.series_id is not None:
        terms.append(f"series:{row.series_id}")
    return terms


def _commits(patch: Patch) -> list[str]:
    """The same for what identifies the change itself."""
    terms = []
    if patch.hash:
        terms.append(f"hash:{patch.hash.lower()}"[:100])
    if patch.commit_ref:
        terms.append(f"commit:{patch.commit_ref.lower()}"[:100])
    return terms


def _record(row: PatchRow, submitter: str) -> Record:
    slug = row.slug if row.slug != row.msgid.replace("/", "%2F") else None
    return Record(row.id, row.msgid, row.name, submitter, row.project_id, row.series_id, slug)


def sender_terms(name: str, email: str) -> list[str]:
    """What `f:"Alex Doe"` looks up: name and address, whole and by their ends of two words or more."""
    ends = {
        " ".join(parts[at : at + MAX_SENDER])
        for parts in (words(name[:_LONGEST_NAME]), words(email[:_LONGEST_NAME]))
        for at in range(len(parts) - 1)
    }
    return [f"f:{end}"[:MAX_SENDER] for end in sorted(ends)]


def _read_diff(diff: str) -> _DiffTexts:
    texts = _DiffTexts()
    for section in sections(diff.split("\n")):
        head = read_header(section.header)
        if head.change == "message":
            texts.messages.append(attached.read(section.header))
        texts.paths |= dict.fromkeys(path for path in (head.old_path, head.new_path) if path)
        for hunk in section.hunks:
            texts.hunk_headers.append(hunk.function)
            added, removed = changed_lines(hunk)
            texts.added += added
            texts.removed += removed
    return texts
