"""Objects of the API (decoded JSON) without what the site leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.mail import subject
from generator.mail.encoded_words import decoded
from generator.mail.headers import answered, bare_msgid
from generator.privacy.texts import Person, Texts

Json = dict[str, Any]

#: The name of a mail that was removed, and what stands in the place of its lines in a quote.
REMOVED_NAME, REMOVED_LINE = "Removed mail", "> [removed]"
#: Fields that lead to an object or say what it is: nothing in them is anybody's.
_KEPT = frozenset({
    "msgid", "url", "web_url", "mbox", "list_archive_url", "hash", "commit_ref", "state", "date",
    "list_email", "list_id", "link_name", "list_archive_url_format", "commit_url_format", "scm_url",
    "webscm_url", "category", "check", "checks", "comments",
})  # fmt: skip
_KEPT_HEADERS = frozenset({"message-id", "in-reply-to", "references"})
#: What a mail of somebody who is left out keeps: the other headers tell of machines and places.
_SENDER_HEADERS = _KEPT_HEADERS | {
    "from", "to", "cc", "reply-to", "subject", "date", "mime-version", "content-type",
    "content-transfer-encoding", "list-id",
}  # fmt: skip
#: A quoted line that is shorter may be anybody's.
_QUOTED_FROM = 4
#: What a removed mail keeps, so that its address, its series and its thread stay.
_REMOVED_KEEPS = (
    "id", "url", "web_url", "msgid", "mbox", "list_archive_url", "date", "project", "state", "archived",
    "series", "comments", "checks", "check", "related", "patch_id", "cover_id",
)  # fmt: skip
#: By the field that embeds them: the kind of objects that may have been removed.
_STUBS = {
    "patches": "patch",
    "patch": "patch",
    "related": "patch",
    "cover_letter": "cover",
    "cover": "cover",
}


@dataclass(frozen=True, slots=True)
class RemovedMail:
    """A mail that is left out. topic: of its name. lines: those that a reply may quote, without blanks."""

    reason: str
    topic: str
    lines: frozenset[str]


@dataclass(frozen=True)
class Removed:
    """The mails that are left out: by message id and by (kind, number); and the series named after them."""

    by_msgid: Mapping[str, RemovedMail] = field(default_factory=dict)
    by_number: Mapping[tuple[str, int], RemovedMail] = field(default_factory=dict)
    series: frozenset[int] = frozenset()


class Objects:
    """Leaves out of objects what their texts mustn't show, and whole mails."""

    def __init__(self, texts: Texts, removed: Removed) -> None:
        self._texts = texts
        self._removed = removed

    def removed(self, value: Json) -> RemovedMail | None:
        """Why a mail is left out; None where it stays."""
        msgid = value.get("msgid")
        return self._removed.by_msgid.get(bare_msgid(msgid)) if isinstance(msgid, str) else None

    def redact(self, kind: str, value: Json) -> Json:
        """An object as the site shows it: the same where nothing is left out of it."""
        if kind in ("patch", "cover", "comment"):
            if gone := self.removed(value):
                return self._instead_of(kind, value, gone)
            value = self._without_quotes(self._without_trace(value))
        elif kind == "bundle":
            value = self._without_removed(value)
        return self._dict(value, {"series": "series"}.get(kind, ""))

    def _instead_of(self, kind: str, value: Json, gone: RemovedMail) -> Json:
        kept = {key: value[key] for key in _REMOVED_KEEPS if key in value}
        kept |= {"subject" if kind == "comment" else "name": REMOVED_NAME, "submitter": None}
        if isinstance(headers := value.get("headers"), dict):
            chosen = {k: v for k, v in headers.items() if k.lower() in _KEPT_HEADERS}
            kept |= {"headers": chosen, "content": gone.reason}
        if "diff" in value:
            kept |= {"diff": None, "prefixes": []}
        return self._dict(kept, "")

    def _without_removed(self, value: Json) -> Json:
        """A bundle without the patches that are left out; the same where it has none of them."""
        gone = self._removed.by_number
        kept = [p for p in value.get("patches") or [] if ("patch", p["id"]) not in gone]
        return value if len(kept) == len(value.get("patches") or []) else {**value, "patches": kept}

    def _without_trace(self, value: Json) -> Json:
        """A mail without the headers that tell where somebody who is left out sent it from."""
        sender, headers = value.get("submitter"), value.get("headers")
        if not isinstance(sender, dict) or not isinstance(headers, dict):
            return value
        person = self._texts.person(sender.get("email"), sender.get("id"))
        if not person or person.show != "none":
            return value
        kept = {k: v for k, v in headers.items() if k.lower() in _SENDER_HEADERS}
        return {**value, "headers": kept}

    def _without_quotes(self, value: Json) -> Json:
        """A mail without what it quotes of removed ones, whose subject it may have as well."""
        content = value.get("content")
        for msgid in answered(value.get("headers")):
            gone = self._removed.by_msgid.get(msgid)
            if not gone:
                continue
            if isinstance(content, str):
                content = _without_lines(content, gone.lines)
                value = {**value, "content": content}
            value = {
                **value,
                **{
                    key: f"Re: {REMOVED_NAME}"
                    for key in ("subject", "name")
                    if isinstance(value.get(key), str) and topic_of(value[key]) == gone.topic
                },
            }
            if isinstance(headers := value.get("headers"), dict):
                value["headers"] = {
                    k: f"Re: {REMOVED_NAME}"
                    if k.lower() == "subject" and isinstance(v, str) and topic_of(v) == gone.topic
                    else v
                    for k, v in headers.items()
                }
        return value

    def _value(self, value: Any, key: str) -> Any:
        if isinstance(value, str):
            return value if key in _KEPT else self._text(value, on_lines=key == "diff")
        if isinstance(value, list):
            return [self._value(item, key) for item in value]
        if isinstance(value, dict):
            return self._dict(value, key)
        return value

    def _dict(self, value: Json, key: str) -> Json:
        if key == "headers":
            return {
                name: held if name.lower() in _KEPT_HEADERS else self._header(held)
                for name, held in value.items()
            }
        made = {name: self._value(held, name) for name, held in value.items()}
        number = value.get("id")
        if isinstance(value.get("email"), str):
            self._set_person(value, made)
        if key == "series" and number in self._removed.series:
            made |= {k: v for k, v in (("name", REMOVED_NAME), ("submitter", None)) if k in made}
        stub = self._removed.by_number.get((_STUBS.get(key, ""), number or 0)) or self.removed(
            value
        )
        if stub and "name" in made:
            made["name"] = REMOVED_NAME
        return made

    def _set_person(self, value: Json, made: Json) -> None:
        """Put in somebody's address and name, by the number of a submitter or by address."""
        is_user = "username" in value
        person = self._texts.person(value["email"], None if is_user else value.get("id"))
        made["email"] = self._shown(value, person, is_user=is_user)
        if not person or person.show != "none":
            return
        if is_user:
            made |= {"username": f"user-{value.get('id')}", "first_name": "", "last_name": ""}
        else:
            made["name"] = person.pseudonym

    def _shown(self, value: Json, person: Person | None, *, is_user: bool) -> str:
        address: str = value["email"]
        if person and address.lower() not in person.addresses:  # another of the same number
            return self._texts.shown(next(iter(person.addresses), address))
        return self._texts.shown(address)

    def _header(self, held: Any) -> Any:
        """A header's values: those in which something is left out are decoded."""
        if isinstance(held, list):
            return [self._header(item) for item in held]
        return self._text(held, on_lines=False) if isinstance(held, str) else held

    def _text(self, text: str, *, on_lines: bool) -> str:
        """A text, with the encoded words (RFC 2047) decoded of one from which something is left out."""
        shown = self._texts.redact(text, on_lines=on_lines)
        if "=?" in text and (plain := decoded(text)) != text:
            redacted = self._texts.redact(plain, on_lines=on_lines)
            return shown if redacted == plain else redacted
        return shown


def quotable(*texts: object) -> frozenset[str]:
    """The lines of a mail's texts that a reply may quote."""
    lines = (line for text in texts if isinstance(text, str) for line in text.split("\n"))
    return frozenset(bare for line in lines if len(bare := "".join(line.split())) >= _QUOTED_FROM)


def _without_lines(text: str, lines: frozenset[str]) -> str:
    """A text in which quoted lines that are among those of a removed mail are no longer told."""
    kept: list[str] = []
    for line in text.split("\n"):
        bare = line.lstrip(" >|\t")
        is_quote = len(bare) < len(line) and line.lstrip(" \t").startswith((">", "|"))
        if is_quote and "".join(bare.split()) in lines:
            if not kept or kept[-1] != REMOVED_LINE:
                kept.append(REMOVED_LINE)
        else:
            kept.append(line)
    return "\n".join(kept)


def topic_of(name: str) -> str:
    """The topic of a mail's name or subject, whatever it replies to."""
    name = decoded(name).strip()
    while name[:3].lower() in ("re:", "aw:", "fw:"):
        name = name[3:].strip()
    return subject.topic(name)
