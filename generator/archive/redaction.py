"""Applies the rules of what the site leaves out to an archive: a copy of it for the site, or itself.

Nothing behind such a copy can show what was left out, whatever kind of page it is. An object that nothing is
left out of keeps its digest, so that only what changed is built again.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from generator.archive import (
    derived,
    landed_changes,
    landed_matching,
    series_dependencies,
    series_versions,
)
from generator.archive.columns import series_columns, text_digest
from generator.archive.database import Archive, table
from generator.archive.patch_bundles import bundle_columns
from generator.archive.removed_mails import removed_mails
from generator.errors import StorageError
from generator.mail.encoded_words import decoded
from generator.model import KINDS, Bundle, Mail, Patch, Series
from generator.privacy.objects import Json, Objects
from generator.privacy.rules import PersonRule, Rules
from generator.privacy.texts import Known, Person, Texts

#: How the rules are applied. Raised when the same rules make something else of an object.
FORMAT = 2
#: In a copy: what it was made of and by, and the objects that nothing is left out of.
_NOTES = """
CREATE TABLE redaction (stamp BLOB NOT NULL, facts BLOB NOT NULL);
CREATE TABLE untouched (
    kind TEXT NOT NULL, id INTEGER NOT NULL, digest INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""


@dataclass
class Redaction:
    """What was done: how many objects changed, and the rules that are about nothing in the archive."""

    changed: int = 0
    unused: list[str] = field(default_factory=list)


def publish(source: Path, target: Path, rules: Rules) -> Redaction:
    """Bring the copy `target` up to date with the archive `source`, without what the rules leave out.

    Raises StorageError where the copy can't be written.
    """
    with Archive(source) as archive:
        series_versions.refresh(archive)  # by the mails as they are
        stamp = _digest(FORMAT, rules.encoded(), archive.revision())
        if _stamp(target) == stamp:
            return Redaction()
        part = target.with_name(f"{target.name}.part")
        part.unlink(missing_ok=True)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            archive.copy_to(part)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(f"{part}: {error}") from error
    with Archive(part) as copy:
        copy.sql.execute("PRAGMA journal_mode = OFF")
        copy.sql.execute("PRAGMA synchronous = OFF")
        copy.sql.execute("PRAGMA secure_delete = ON")  # what is left out mustn't stay in free pages
        done = _Run(copy, rules).run(stamp, target)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    part.replace(target)
    return done


def forget(archive: Archive, rules: Rules) -> Redaction:
    """Leave out of the archive itself what the rules say, for good, with what the file still had of it."""
    archive.sql.execute("PRAGMA secure_delete = ON")
    with archive.transaction():
        done = _Run(archive, rules).apply()
    archive.sql.execute("VACUUM")
    archive.sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return done


def texts(archive: Archive, rules: Rules) -> Texts:
    """What leaves people out of other texts, by the same rules and with what an archive knows of them."""
    return _Run(archive, rules).texts


def _stamp(path: Path) -> bytes | None:
    """What a copy was made of and by; None where there is none that can be read."""
    if not path.is_file():
        return None
    try:
        with sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True) as sql:
            row = sql.execute("SELECT stamp FROM redaction").fetchone()
            return row[0] if row else None
    except sqlite3.Error:
        return None


def _digest(*parts: Any) -> bytes:
    return hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=16).digest()


class _Run:
    """One application of the rules to an archive."""

    def __init__(self, archive: Archive, rules: Rules) -> None:
        self._archive, self._sql = archive, archive.sql
        self.done = Redaction()
        people = [self._person(rule) for rule in rules.people]
        lists = {e.lower() for (e,) in self._emails("project", "list_email")}
        numbers = {e.lower(): n for n, e in self._sql.execute("SELECT id, email FROM person") if e}
        removed, unused = removed_mails(archive, rules, people)
        self.done.unused += unused
        known = Known(people, numbers, frozenset(lists), self._is_msgid)
        self.texts = Texts(known, rules.addresses, rules.show)
        self._objects = Objects(self.texts, removed)
        self._removed = removed
        self._facts = _digest(
            FORMAT, rules.encoded(), [_sorted(p) for p in people], sorted(lists),
            sorted(removed.by_msgid), sorted(removed.series),
        )  # fmt: skip

    def run(self, stamp: bytes, before: Path) -> Redaction:
        """Apply the rules to a new copy; `before`: the one that it replaces."""
        self._sql.execute("BEGIN")
        self._sql.executescript(_NOTES)
        skip = self._attach(before)
        self.apply(skip=skip, note=True)
        self._sql.execute("INSERT INTO redaction VALUES (?, ?)", (stamp, self._facts))
        if self._sql.in_transaction:
            self._sql.execute("COMMIT")
        return self.done

    def _attach(self, before: Path) -> bool:
        """Whether the copy before tells which objects needn't be looked at."""
        if not before.is_file():
            return False
        if self._sql.in_transaction:
            self._sql.execute("COMMIT")
        try:
            self._sql.execute("ATTACH ? AS before", (str(before),))
            row = self._sql.execute("SELECT facts FROM before.redaction").fetchone()
        except sqlite3.Error:
            row = None
        self._sql.execute("BEGIN")
        return bool(row) and row[0] == self._facts

    def apply(self, *, skip: bool = False, note: bool = False) -> Redaction:
        """Change every object that something is left out of."""
        for kind in KINDS:
            for key, number, parent, digest, raw in self._rows(kind, skip=skip):
                encoded = self._archive.unpack(raw)
                value = msgspec.json.decode(encoded)
                shown = self._objects.redact(kind, value)
                if shown != value:
                    self._replace(kind, number, parent, value, shown)
                    self.done.changed += 1
                elif note:
                    row = (key, number, digest)
                    self._sql.execute("INSERT INTO untouched VALUES (?, ?, ?)", row)
            if skip:
                # What was untouched and is the same still is.
                self._sql.execute(
                    "INSERT OR IGNORE INTO untouched SELECT u.kind, u.id, u.digest "
                    f"FROM before.untouched u {self._same(kind)}"
                )
        self._overrides()
        self._commits()
        series_dependencies.refresh(self._archive)
        return self.done

    def _same(self, kind: str) -> str:
        key = "o.parent_kind || '-comment'" if kind == "comment" else f"'{kind}'"
        where = f"u.kind = {key} AND u.id = o.id AND u.digest = o.digest"
        return f"JOIN {table(kind)} o ON {where}"

    def _rows(self, kind: str, *, skip: bool) -> Iterator[tuple[str, int, str, int, bytes]]:
        """(key, number, kind of the parent, digest, object) of a kind's objects, but for those to skip."""
        parent = "o.parent_kind" if kind == "comment" else "''"
        key = f"{parent} || '-comment'" if kind == "comment" else f"'{kind}'"
        where = (
            f"WHERE NOT EXISTS (SELECT 1 FROM before.untouched u WHERE u.kind = {key} "
            "AND u.id = o.id AND u.digest = o.digest)"
            if skip
            else ""
        )
        numbers = self._sql.execute(
            f"SELECT {key}, o.id, {parent}, o.digest FROM {table(kind)} o {where} ORDER BY 1, 2"
        ).fetchall()
        for name, number, of, digest in numbers:
            query = f"SELECT raw FROM {table(kind)} WHERE id = ?"
            keys: list[Any] = [number]
            if kind == "comment":
                query, keys = f"{query} AND parent_kind = ?", [number, of]
            yield name, number, of, digest, self._sql.execute(query, keys).fetchone()[0]

    def _replace(self, kind: str, number: int, parent: str, value: Json, shown: Json) -> None:
        digest, raw = self._archive.pack(msgspec.json.encode(shown), self._local(kind, number))
        columns = {"digest": digest, "raw": raw, **self._columns(kind, shown)}
        if self._objects.removed(value) and kind in ("patch", "cover", "comment"):
            columns |= {"submitter_id": None}
            if kind != "cover":
                columns |= {"acked": 0, "reviewed": 0, "tested": 0}
            if kind == "patch":
                columns |= {"hash": None}
        if kind == "patch":
            # Compared again, the commit would bring back what is left out here for good.
            landed_changes.keep(self._archive, number, columns["text_digest"])
        marks = ", ".join(f"{name} = ?" for name in columns)
        query = f"UPDATE {table(kind)} SET {marks} WHERE id = ?"
        keys: list[Any] = [*columns.values(), number]
        if kind == "comment":
            query, keys = f"{query} AND parent_kind = ?", [*keys, parent]
        self._sql.execute(query, keys)
        if kind in ("patch", "cover", "comment"):
            mail = f"{parent}-comment" if kind == "comment" else kind
            item = msgspec.convert(shown, KINDS[kind])
            assert isinstance(item, Mail)
            derived.put_again(self._sql, mail, item)
        if kind == "series":
            derived.put_series(self._sql, msgspec.convert(shown, Series))

    def _columns(self, kind: str, value: Json) -> dict[str, Any]:
        """The columns beside an object in which something may be left out."""
        item: Any = msgspec.convert(value, KINDS[kind])
        match kind:
            case "person":
                return {"name": decoded(item.name or ""), "email": item.email or ""}
            case "user":
                name = " ".join(filter(None, [item.first_name, item.last_name]))
                return {"username": item.username, "name": name or item.username}
            case "series":
                assert isinstance(item, Series)
                columns = series_columns(item)
                return {key: columns[key] for key in ("name", "topic", "submitter_id")}
            case "cover" | "project":
                return {"name": decoded(item.name or "")}
            case "patch":
                assert isinstance(item, Patch)
                return {"name": decoded(item.name or ""), "text_digest": text_digest(item)}
            case "bundle":
                assert isinstance(item, Bundle)
                return bundle_columns(item)
            case "check":
                return {"context": item.context or ""}
        return {}

    def _local(self, kind: str, number: int) -> bytes:
        """The local overrides of a patch, as the digest of an object takes them in."""
        query = "SELECT fields FROM patch_override WHERE patch_id = ?"
        row = self._sql.execute(query, (number,)).fetchone() if kind == "patch" else None
        return row[0].encode() if row else b""

    def _overrides(self) -> None:
        """Local overrides and the delegates that the server's lists offer."""
        rows = self._sql.execute("SELECT patch_id, fields FROM patch_override").fetchall()
        for number, fields in rows:
            shown = self._objects.redact("override", msgspec.json.decode(fields))
            query = "UPDATE patch_override SET fields = ? WHERE patch_id = ?"
            self._sql.execute(query, (msgspec.json.encode(shown).decode(), number))
        self._sql.execute(
            "UPDATE server_delegate SET username = u.username FROM user u "
            "WHERE u.id = server_delegate.number AND u.username <> server_delegate.username"
        )

    def _commits(self) -> None:
        """What became of removed mails goes; of commits, names are left out as in mails."""
        for kind, number in self._removed.by_number:
            if kind == "patch":
                landed_matching.forget_patch(self._archive, number)
        rows = self._sql.execute("SELECT id, author, committer, title FROM git_commit").fetchall()
        for number, *said in rows:
            shown = [self.texts.redact(text) for text in said]
            if shown != said:
                query = "UPDATE git_commit SET author = ?, committer = ?, title = ? WHERE id = ?"
                self._sql.execute(query, (*shown, number))
        on_lines = partial(self.texts.redact, on_lines=True)
        landed_changes.redact(self._archive, self.texts.redact, on_lines)

    def _person(self, rule: PersonRule) -> Person:
        """Somebody with all that the archive knows of them."""
        address = (rule.address or "").lower()
        query = "SELECT id, email FROM person WHERE id = ? OR (? <> '' AND lower(email) = ?) ORDER BY id"
        row = self._sql.execute(query, (rule.number, address, address)).fetchone()
        number, address = (row[0], address or row[1].lower()) if row else (rule.number, address)
        names = set(rule.names)
        names |= {
            n for (n,) in self._sql.execute("SELECT name FROM person WHERE id = ?", (number,))
        }
        names |= {
            n for (n,) in self._sql.execute("SELECT name FROM trailer WHERE email = ?", (address,))
        }
        users = [msgspec.json.decode(self._archive.unpack(raw))
                 for (raw,) in self._sql.execute("SELECT raw FROM user")]  # fmt: skip
        names |= {f"{user.get('first_name') or ''} {user.get('last_name') or ''}".strip()
                  for user in users if address and (user.get("email") or "").lower() == address}  # fmt: skip
        if row is None and names == set(rule.names):
            self.done.unused.append(f"person {rule.address or rule.number}")
        addresses = frozenset({address} if address else ())
        return Person(rule.show, addresses, frozenset(filter(None, names)), number if row else None)

    def _emails(self, kind: str, key: str) -> Iterator[tuple[str]]:
        for (raw,) in self._sql.execute(f"SELECT raw FROM {table(kind)} ORDER BY id"):
            value = msgspec.json.decode(self._archive.unpack(raw)).get(key)
            if isinstance(value, str) and value:
                yield (value,)

    def _is_msgid(self, text: str) -> bool:
        query = " UNION ALL ".join(
            f"SELECT 1 FROM {name} WHERE msgid = :text" for name in ("patch", "cover", "comment")
        )
        return self._sql.execute(f"{query} LIMIT 1", {"text": text}).fetchone() is not None


def _sorted(person: Person) -> tuple[Any, ...]:
    return person.show, sorted(person.addresses), sorted(person.names), person.number
