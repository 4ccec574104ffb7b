"""How to reply to a mail: a mailto link and a `git send-email` command."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from urllib.parse import quote

from generator.mail.headers import addresses, bare_msgid, header, is_plain_address
from generator.mail.names import mail_subject
from generator.model import Comment, Cover, Patch, Project


@dataclass(frozen=True, slots=True)
class Reply:
    """How to reply to a mail."""

    mailto: str
    command: str


def reply_links(mail: Patch | Cover | Comment, project: Project) -> Reply | None:
    """A reply goes to everyone who got the mail; None where no address is known."""
    headers = mail.headers if isinstance(mail.headers, dict) else {}
    sender = (mail.submitter.email or "") if mail.submitter else ""
    recipients = [header(headers, "To"), header(headers, "Cc"), project.list_email]
    everyone = [address for text in recipients if text for address in addresses(text)]
    copies = [address for address in dict.fromkeys(everyone) if address.lower() != sender.lower()]
    if not sender or not is_plain_address(sender):
        if not copies:
            return None
        sender = copies.pop(0)
    subject = re.sub(r"\s+", " ", mail_subject(mail))
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
