"""How to reply to a mail: a mailto link and a `git send-email` command."""

from __future__ import annotations

import functools
import re
import shlex
from dataclasses import dataclass
from email.utils import getaddresses
from urllib.parse import quote

from generator.mail.headers import bare_msgid, header
from generator.model import Mail, Project

_PLAIN_ADDRESS = re.compile(r"^[^\s<>,;:\"()\[\]\\]+@[^\s<>,;:\"()\[\]\\]+$")


@dataclass(frozen=True, slots=True)
class Reply:
    """How to reply to a mail."""

    mailto: str
    command: str


@functools.lru_cache(maxsize=4096)
def _addresses(text: str) -> list[str]:
    """The plain addresses in a header. Cached: on a mailing list the same headers recur."""
    return [address for _, address in getaddresses([text]) if _PLAIN_ADDRESS.match(address)]


def reply_links(mail: Mail, subject: str, project: Project) -> Reply | None:
    """A reply goes to everyone who got the mail; None where no address is known."""
    headers = mail.headers if isinstance(mail.headers, dict) else {}
    sender = mail.submitter.email if mail.submitter else ""
    recipients = [header(headers, "To"), header(headers, "Cc"), project.list_email]
    addresses = [address for text in recipients if text for address in _addresses(text)]
    copies = [address for address in dict.fromkeys(addresses) if address != sender]
    if not sender or not _PLAIN_ADDRESS.match(sender):
        if not copies:
            return None
        sender = copies.pop(0)
    subject = re.sub(r"\s+", " ", subject)
    subject = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    msgid = bare_msgid(mail.msgid)
    fields = [("In-Reply-To", f"<{msgid}>"), ("Subject", subject)]
    if copies:
        fields.insert(1, ("Cc", ",".join(copies)))
    query = "&".join(f"{name}={quote(text, safe='@,')}" for name, text in fields)
    words = [
        "git send-email",
        f"--in-reply-to={shlex.quote(f'<{msgid}>')}",
        f"--to={shlex.quote(sender)}",
    ]
    words += [f"--cc={shlex.quote(address)}" for address in copies]
    return Reply(f"mailto:{quote(sender, safe='@')}?{query}", " \\\n  ".join([*words, "my.patch"]))
