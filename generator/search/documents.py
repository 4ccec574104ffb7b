"""What is indexed of a mail: its text by field, its values, and the record that results show.

A document is a patch, a cover letter or a reply to one of them. A reply has the words of its message and who
wrote it; its page, name, series and state are those of the mail that it answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from generator.archive import comments, mails
from generator.archive.database import Archive
from generator.archive.index_queries import COVER, KINDS, PATCH, MailRow, mail_rows
from generator.diff.header import read_header
from generator.diff.parse import changed_lines
from generator.diff.sections import sections
from generator.mail import attached, subject
from generator.mail.attached import AttachedMail
from generator.mail.diffstats import without_diffstats
from generator.mail.encoded_words import decoded
from generator.mail.headers import bare_msgid, header
from generator.mail.readable import readable_text
from generator.mail.subject import Subject
from generator.model import Comment, Cover, Mail, Patch
from generator.search.encoding import Record
from generator.search.fields import BITS
from generator.search.tokenizer import MAX_BLOB, MAX_HASH, MAX_SENDER, words

#: Characters of a sender's name, and of the address, that are looked up by their ends.
_LONGEST_NAME = 1000
_INDEX_LINE = re.compile(r"index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})\b")
_TRAILERS = ("reviewed", "acked", "tested")


@dataclass(frozen=True, slots=True)
class Document:
    """One mail, by its key. `texts`: (field, text) pairs; `exact`: terms that are whole values.

    numbers: the values of `fields.NUMBERS`, None where the mail has none.
    """

    key: int
    date: int
    texts: list[tuple[int, str]]
    paths: list[str]
    exact: list[str]
    numbers: tuple[int | None, ...]
    record: Record


@dataclass(slots=True)
class _DiffTexts:
    """What is indexed of a diff, in its order. The keys of `functions` are what hunk headers say."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    functions: dict[str, None] = field(default_factory=dict)
    paths: dict[str, None] = field(default_factory=dict)
    blobs: dict[str, None] = field(default_factory=dict)
    messages: list[AttachedMail] = field(default_factory=list)
    files: int = 0


def documents(archive: Archive, keys: list[int]) -> Iterator[Document]:
    """The documents of some mails, in the order of their keys as given."""
    for row in mail_rows(archive, keys):
        yield read_document(archive, row)


def read_document(archive: Archive, row: MailRow) -> Document:
    """The document of the mail that a row is about."""
    if row.kind == PATCH:
        return patch_document(mails.patch(archive, row.id), row)
    if row.kind == COVER:
        return cover_document(mails.cover(archive, row.id), row)
    parent_kind = KINDS[row.kind].partition("-")[0]
    comment = comments.comment(archive, parent_kind, row.id)
    read = mails.patch if parent_kind == "patch" else mails.cover
    return reply_document(comment, read(archive, row.parent), row) if comment else stub(row)


def stub(row: MailRow) -> Document:
    """What is indexed of a mail whose text can't be: its subject and ids."""
    is_reply = row.kind > PATCH
    texts = [] if is_reply else [(BITS["subject"], row.name)]
    exact = [] if is_reply else _identifiers(row)
    return _document(row, texts, exact, row.submitter)


def patch_document(patch: Patch, row: MailRow) -> Document:
    """A patch as a document."""
    diff = _read_diff(patch.diff if isinstance(patch.diff, str) else "")
    texts = _message_texts(patch) | _address_texts(patch, row)
    attachments = [text for mail in diff.messages for text in (mail.message, mail.notes)]
    texts |= {
        "unquoted": "\n".join([texts["unquoted"], *attachments]),
        "subject": "\n".join([decoded(patch.name or ""), *(mail.title for mail in diff.messages)]),
        "added": "\n".join(diff.added),
        "removed": "\n".join(diff.removed),
        "hunk": "\n".join(diff.functions),
    }  # fmt: skip
    parsed = subject.parse(row.name)
    exact = [
        *_identifiers(row),
        *_commits(patch),
        *_of_sender(patch),
        *_prefixes(parsed),
        *diff.blobs,
    ]
    numbers = _version(patch, parsed), diff.files, len(diff.added) + len(diff.removed)
    size = _size(patch.content, patch.diff)
    return _document(row, _by_bit(texts), exact, _name(patch), list(diff.paths), numbers, size)


def cover_document(cover: Cover, row: MailRow) -> Document:
    """A cover letter as a document."""
    texts = _message_texts(cover) | _address_texts(cover, row)
    texts["subject"] = decoded(cover.name or "")
    parsed = subject.parse(row.name)
    exact = [*_identifiers(row), *_of_sender(cover), *_prefixes(parsed)]
    numbers = _version(cover, parsed), None, None
    size = _size(cover.content)
    return _document(row, _by_bit(texts), exact, _name(cover), numbers=numbers, size=size)


def reply_document(comment: Comment, parent: Patch | Cover, row: MailRow) -> Document:
    """A reply as a document.

    What it quotes of the mail that it answers is left out: that mail is found by it, and so is every reply
    to it otherwise.
    """
    texts = _message_texts(comment) | _trailer_texts(row) | {"by": " ".join(_sender(comment))}
    if quoted := texts["quoted"]:
        diff = parent.diff if isinstance(parent, Patch) else None
        known = {line.strip() for text in (parent.content, diff) if isinstance(text, str)
                 for line in text.split("\n")}  # fmt: skip
        lines = quoted.split("\n")
        texts["quoted"] = "\n".join(line for line in lines if line.strip() not in known)
    title = decoded(comment.subject or "")
    # The usual "Re: [PATCH] …" would make every reply a result beside the patch itself.
    if subject.topic(row.name) not in " ".join(title.lower().split()):
        texts["subject"] = title
    msgid = bare_msgid(comment.msgid).lower()
    exact = [f"m:{msgid}"[:300]]
    return _document(row, _by_bit(texts), exact, _name(comment), size=_size(comment.content))


def _document(
    row: MailRow,
    texts: list[tuple[int, str]],
    exact: list[str],
    submitter: str,
    paths: Iterable[str] = (),
    numbers: tuple[int | None, ...] = (None, None, None),
    size: int = 0,
) -> Document:
    slug = row.slug if row.slug != row.msgid.replace("/", "%2F") else None
    reply = row.id if row.kind > PATCH else None
    # The sender as this mail names them: a record follows from its mail alone.
    record = Record(
        row.parent, row.msgid, row.name, submitter, row.project_id, row.series_id, slug, reply,
        size // 1000,
    )  # fmt: skip
    return Document(row.key, row.date, texts, list(paths), exact, numbers, record)


def _size(*texts: object) -> int:
    return sum(len(text) for text in texts if isinstance(text, str))


def _by_bit(texts: dict[str, str]) -> list[tuple[int, str]]:
    return [(BITS[key], text) for key, text in texts.items()]


def _message_texts(mail: Mail) -> dict[str, str]:
    lines = without_diffstats(readable_text(mail).split("\n"))
    return {
        "unquoted": "\n".join(line for line in lines if not line.startswith(">")),
        "quoted": "\n".join(line[1:] for line in lines if line.startswith(">")),
    }


def _address_texts(mail: Mail, row: MailRow) -> dict[str, str]:
    headers = mail.headers if isinstance(mail.headers, dict) else {}
    addresses = {
        "from": " ".join(_sender(mail)),
        "to": decoded(header(headers, "To")),
        "cc": decoded(header(headers, "Cc")),
    }
    return addresses | _trailer_texts(row)


def _trailer_texts(row: MailRow) -> dict[str, str]:
    """Who gave a trailer, by field."""
    texts: dict[str, str] = {}
    for tag, who in row.trailers:
        if tag in _TRAILERS:
            texts[tag] = f"{texts[tag]}\n{who}" if tag in texts else who
    return texts


def _sender(mail: Mail) -> tuple[str, str]:
    who = mail.submitter
    return (decoded(who.name or ""), who.email or "") if who else ("", "")


def _name(mail: Mail) -> str:
    name, email = _sender(mail)
    return name or email


def _version(mail: Patch | Cover, parsed: Subject) -> int:
    """The version as the subject has it, else the series."""
    of_series = mail.series[0].version if mail.series else None
    return parsed.version or of_series or 1


def _identifiers(row: MailRow) -> list[str]:
    """Terms that are whole values."""
    terms = [f"m:{row.msgid.lower()}"[:300]]
    if row.kind == PATCH:
        terms.append(f"id:{row.id}")
    if row.series_id is not None:
        terms.append(f"series:{row.series_id}")
    return terms


def _commits(patch: Patch) -> list[str]:
    """The same for what identifies the change itself."""
    terms = []
    if patch.hash:
        terms.append(f"hash:{patch.hash.lower()[:MAX_HASH]}")
    if patch.commit_ref:
        terms.append(f"commit:{patch.commit_ref.lower()[:MAX_HASH]}")
    return terms


def _prefixes(parsed: Subject) -> list[str]:
    return [f"prefix:{word.lower()}"[:100] for word in parsed.prefixes]


def _of_sender(mail: Mail) -> list[str]:
    return sender_terms(*_sender(mail))


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
        paths = [path for path in (head.old_path, head.new_path) if path]
        texts.paths |= dict.fromkeys(paths)
        texts.files += bool(paths)
        texts.blobs |= dict.fromkeys(_blobs(section.header))
        for hunk in section.hunks:
            texts.functions[hunk.function] = None
            added, removed = changed_lines(hunk)
            texts.added += added
            texts.removed += removed
    return texts


def _blobs(header_lines: list[str]) -> Iterator[str]:
    """The terms of the blobs that an index line names; zeros stand for none, before or after the change."""
    for line in header_lines:
        if match := _INDEX_LINE.match(line):
            for name, blob in zip(("dfpre", "dfpost"), match.groups(), strict=True):
                if blob.strip("0"):
                    yield f"{name}:{blob[:MAX_BLOB]}"
