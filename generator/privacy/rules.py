"""content/redactions.toml → Rules: which mails, people and addresses the site leaves out or shortens."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from generator import toml_file
from generator.errors import ConfigError
from generator.mail.headers import bare_msgid

#: How addresses are shown: whole, without their domain, or not at all.
Show = Literal["all", "short", "none"]
Text = Annotated[str, Meta(min_length=1, max_length=500)]

FILE = "redactions.toml"
#: What stands in the place of a mail, unless the file gives a reason.
NO_REASON = "This mail was removed from the archive on request."


class MailRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mail that is left out: a patch, a cover letter or a comment. `reason` is shown in its place."""

    msgid: Text
    reason: Text = NO_REASON


class PersonRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody, by address or by number of a submitter.

    show: "none" leaves out name and address, "short" shortens the address. names: further names to leave
    out; those that the archive has are known. mails: whether the mails stay. reason: see MailRule.
    """

    address: Text | None = None
    number: Annotated[int, Meta(ge=0, le=2**53 - 1)] | None = None
    names: tuple[Text, ...] = ()
    show: Literal["short", "none"] = "none"
    mails: Literal["keep", "remove"] = "keep"
    reason: Text = NO_REASON


class AddressRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How addresses are shown that a pattern (`*`, `?`) matches. The first rule that matches counts."""

    pattern: Text
    show: Show = "none"


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    mail: tuple[MailRule, ...] = ()
    person: tuple[PersonRule, ...] = ()
    address: tuple[AddressRule, ...] = ()


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides what the site leaves out. `show` holds for addresses that no rule is about."""

    mails: tuple[MailRule, ...] = ()
    people: tuple[PersonRule, ...] = ()
    addresses: tuple[AddressRule, ...] = ()
    show: Show = "all"

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.mails or self.people or self.addresses) or self.show != "all"

    def encoded(self) -> bytes:
        """The rules as bytes that differ when they do."""
        return msgspec.json.encode(self)


def load(content: Path, show: Show) -> Rules:
    """The rules of a content folder; raises ConfigError for a file that can't be understood.

    show: how the site shows addresses that the file says nothing about.
    """
    path = content / FILE
    if not os.path.lexists(path):
        return Rules(show=show)
    try:
        found = msgspec.convert(toml_file.read(path), _File)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}") from error
    for person in found.person:
        if (person.address is None) == (person.number is None):
            raise ConfigError(f"{path}: a person needs an address or a number, and not both")
        if person.address is not None and "@" not in person.address:
            raise ConfigError(f"{path}: {person.address!r} is not an address")
    mails = tuple(MailRule(msgid=bare_msgid(m.msgid), reason=m.reason) for m in found.mail)
    return Rules(mails=mails, people=found.person, addresses=found.address, show=show)
