"""What people and mails are called where people read it. Mboxes and the API keep the sender's form."""

from __future__ import annotations

from generator.mail.encoded_words import decoded
from generator.model import Comment, Cover, Patch, Person

_NOBODY = "(unknown)"
_UNTITLED = "(no subject)"


def person_name(person: Person | None) -> str:
    """A person's name, else the address; never empty."""
    if person is None:
        return _NOBODY
    return decoded(person.name or "").strip() or person.email or _NOBODY


def mail_subject(mail: Patch | Cover | Comment) -> str:
    """A mail's subject; for patches and cover letters the name that Patchwork made of it. Never empty."""
    subject = mail.subject if isinstance(mail, Comment) else mail.name
    return decoded(subject or "").strip() or _UNTITLED
