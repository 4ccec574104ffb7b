"""The mails that Patchwork offers for download, rebuilt from the API's objects as Patchwork does.

They are not the senders' bytes: Patchwork keeps neither signatures nor the original body.
Source: the behaviour of Patchwork's patch, cover and series mbox views (development version of 2026).
"""

from __future__ import annotations

import email.header
import email.utils
import re
from collections.abc import Iterable, Sequence
from email.errors import HeaderParseError

from generator.mail import attached
from generator.mail.headers import addresses, all_headers
from generator.model import Comment, Cover, Patch

#: What Patchwork takes for the end of a commit message, and what git does (`patchbreak` in mailinfo.c).
_PATCHWORKS_LINE = re.compile(r"^-{2,3} ?$", re.MULTILINE)
_GITS_LINE = re.compile(r"^---[ \t\r]*$", re.MULTILINE)
_RESPONSE = re.compile(
    r"^(?:Tested|Reviewed|Acked|Signed-off|Nacked|Reported)-by:.*$", re.MULTILINE | re.IGNORECASE
)
_TRAILER = re.compile(r"[A-Z][A-Za-z]*(?:-[A-Za-z]+)+: \S")
_FROM_LINE = re.compile(r"^(>*From )", re.MULTILINE)
#: Where git's mailsplit begins a new mail (`is_from_line` in mailsplit.c): the line's last colon belongs to a
#: time, after which comes a year after 90.
_GITS_FROM_LINE = re.compile(
    r"^(?=From .*\d.\d\d:\d\d[ \t]*+\+?0*+(?:9[1-9]|[1-9]\d\d)[^:\n]*$)", re.MULTILINE
)
_FILE_NAME = re.compile(r"[^-_A-Za-z0-9.]+")
_MAX_NAME_LENGTH = 200
_CONTENT_HEADERS = ("content-type", "content-transfer-encoding")
#: RFC 5322 §2.2.
_HEADER_NAME = re.compile(r"[!-9;-~]+")
#: RFC 5322 §2.1.1: longer lines are folded.
_MAX_LINE = 78
#: Folding takes more than linear time. No sender folds what is longer than this; it is left as it came.
_MAX_FOLDED = 10_000
#: How many characters of trailers the mails within one diff have in all, if each has them.
_MAX_REPEATED = 1_000_000


def file_name(name: str, suffix: str) -> str:
    """The name under which a browser saves a download, by Patchwork's rule; `suffix` includes its dot.

    Unlike Patchwork's, it is never too long for a file name.
    """
    return f"{_FILE_NAME.sub('-', name)[:_MAX_NAME_LENGTH].strip('-') or 'patch'}{suffix}"


def mail(
    item: Patch | Cover, comments: Sequence[Comment], list_email: str = "", *, tidy: bool = False
) -> bytes:
    """The mail of a patch or cover letter, as `git am` takes it; comments in the order of their ids.

    Trailers in the comments are added as Patchwork does. With `tidy`, each is added once, and an empty
    line separates them from the text; a line `--` in the text is no `---`; and author, date and title of
    `hg export` are git's.
    """
    bodies = _attached_bodies(item, comments, tidy=tidy)
    bodies = bodies or [_body(item, comments, tidy=tidy)]
    first, *others = bodies
    own = _original_headers(item, list_email)
    return mailbox([_mail(item, first, own), *(_mail(item, body, []) for body in others)])


def _mail(item: Patch | Cover, body: str, original_headers: Sequence[str]) -> bytes:
    lines = [f"From patchwork {item.date.strftime('%a %b')} {item.date.day:2} {item.date:%H:%M:%S} "
             f"{item.date.year}"]  # fmt: skip
    lines += ['Content-Type: text/plain; charset="utf-8"', "MIME-Version: 1.0"]
    lines.append(f"Content-Transfer-Encoding: {'7bit' if body.isascii() else '8bit'}")
    lines += _patchwork_headers(item)
    lines += original_headers
    return ("\n".join(lines) + "\n\n" + _mangle(body)).encode("utf-8", "replace")


def mailbox(mails: Iterable[bytes]) -> bytes:
    """Several mails as one download, separated by a newline as Patchwork does."""
    return b"\n".join(mails)


def thread(items: Iterable[Patch | Cover | Comment]) -> bytes:
    """Mails as one mailbox in the form that lore.kernel.org serves threads in (mboxrd).

    Headers and text are the sender's, but not byte for byte: signatures will not verify.
    """
    parts = []
    for item in items:
        headers = [f"{name}: {_folded(value)}" for name, value in _sent_headers(item)]
        text = item.content if isinstance(item.content, str) else ""
        if isinstance(item, Patch) and isinstance(item.diff, str) and item.diff:
            text = f"{text.rstrip()}\n\n{item.diff}"
        body = text.rstrip("\n")
        if "From " in body:
            body = _FROM_LINE.sub(r">\1", body)
        parts.append(
            "\n".join(["From mboxrd@z Thu Jan  1 00:00:00 1970", *headers, "", body, "", ""])
        )
    return "".join(parts).encode("utf-8", "replace")


def _sent_headers(item: Patch | Cover | Comment) -> list[tuple[str, str]]:
    """A mail's own headers, except those about the encoding of its body."""
    headers = item.headers if isinstance(item.headers, dict) else {}
    original = [
        (name, value)
        for name, value in all_headers(headers)
        if _HEADER_NAME.fullmatch(name) and name.lower() not in (*_CONTENT_HEADERS, "mime-version")
    ]
    names = {name.lower() for name, _ in original}
    sender = item.submitter
    subject = item.subject if isinstance(item, Comment) else item.name
    defaults = {
        "From": _address(sender.name, sender.email) if sender else "",
        "Subject": _one_line(subject or ""),
        "Date": email.utils.format_datetime(item.date.replace(tzinfo=None)),
        "Message-Id": _one_line(item.msgid),
    }
    original += [
        (name, value) for name, value in defaults.items() if value and name.lower() not in names
    ]
    return [
        *original,
        ("MIME-Version", "1.0"),
        ("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", "8bit"),
        ("X-Stillwork-Note", "put together from Patchwork's data; signatures do not hold"),
    ]


def _body(item: Patch | Cover, comments: Sequence[Comment], *, tidy: bool) -> str:
    content = item.content if isinstance(item.content, str) else ""
    content = attached.with_in_body_headers(content.strip()) if tidy else content
    body = content.strip() + "\n" if content else ""
    postscript = ""
    parts = (_GITS_LINE if tidy else _PATCHWORKS_LINE).split(body, maxsplit=1)
    if len(parts) == 2:
        body, postscript = parts[0].strip() + "\n", parts[1].rstrip()
    trailers = _trailers(comments)
    body += _tidied(trailers, body) if tidy else "".join(f"{line}\n" for line in trailers)
    if postscript:
        body += f"---{postscript}\n"
    if isinstance(item, Patch) and isinstance(item.diff, str) and item.diff:
        body += f"\n{item.diff}"
    return body


def _attached_bodies(item: Patch | Cover, comments: Sequence[Comment], *, tidy: bool) -> list[str]:
    """The bodies for the mails that a patch's diff consists of; none where it consists of none.

    Each begins with the attached mail's own author and title, which git takes for the commit's
    (git-mailinfo(1)). What the mail around them says goes below the first one's `---` line. Trailers go to
    all, or where they are long to the first: a mailbox must not grow with the square of a mail.
    """
    if not isinstance(item, Patch) or not isinstance(item.diff, str):
        return []
    around = item.content.strip() if isinstance(item.content, str) else ""
    bodies: list[str] = []
    mails = list(attached.split(item.diff))
    trailers = _trailers(comments)
    repeated = trailers if sum(map(len, trailers)) * len(mails) <= _MAX_REPEATED else []
    for found, diff in mails:
        headers = "".join(f"{name}: {value}\n" for name, value in found.headers.items())
        body = f"{found.message}\n" if found.message else ""
        given = repeated if bodies else trailers
        body += _tidied(given, body) if tidy else "".join(f"{line}\n" for line in given)
        notes = "\n\n".join(part for part in ("" if bodies else around, found.notes) if part)
        bodies.append(f"{headers}\n{body}---\n{notes}\n\n{diff}")
    return bodies


def _trailers(comments: Sequence[Comment]) -> list[str]:
    """The trailers that comments give."""
    texts = [comment.content for comment in comments if isinstance(comment.content, str)]
    return [match for text in texts for match in _RESPONSE.findall(text)]


def _tidied(trailers: Sequence[str], body: str) -> str:
    """The text to append to a body for the trailers that it lacks, each once."""
    lines = [line.strip() for line in body.rstrip().split("\n")]
    present = {line.lower() for line in lines}
    missing: dict[str, str] = {}
    for trailer in trailers:
        line = " ".join(trailer.split())
        if line.lower() not in present:
            missing.setdefault(line.lower(), line)
    if not missing:
        return ""
    gap = "" if not body.strip() or _TRAILER.match(lines[-1]) else "\n"
    return gap + "".join(f"{line}\n" for line in missing.values())


def _patchwork_headers(item: Patch | Cover) -> list[str]:
    lines = []
    if item.submitter:
        name = item.submitter.name or ""
        lines.append(_line("X-Patchwork-Submitter", _address(name, item.submitter.email)))
    lines.append(f"X-Patchwork-Id: {item.id}")
    if isinstance(item, Patch) and item.delegate:
        lines.append(_line("X-Patchwork-Delegate", _one_line(item.delegate.email or "")))
    return lines


def _address(name: str | None, address: str | None) -> str:
    """`Name <address>`; Python refuses addresses that aren't ASCII, but mails may have one."""
    try:
        return _one_line(email.utils.formataddr((name or "", address or "")))
    except UnicodeEncodeError:
        return _one_line(f"{name or ''} <{address or ''}>")


def _original_headers(item: Patch | Cover, list_email: str) -> list[str]:
    headers = item.headers if isinstance(item.headers, dict) else {}
    lines = []
    names = set()
    for name, value in all_headers(headers):
        names.add(name.lower())
        if name.lower() in _CONTENT_HEADERS or not _HEADER_NAME.fullmatch(name):
            continue
        if name.lower() == "from" and item.submitter and _is_from_list(value, list_email):
            lines.append(_line("X-Patchwork-Original-From", value))
            value = _address(item.submitter.name, item.submitter.email)
        lines.append(_line(name, value))
    # Every mail that Patchwork takes has these two, but the archive may have less; git needs an author.
    if "from" not in names and item.submitter:
        lines.append(_line("From", _address(item.submitter.name, item.submitter.email)))
    if "subject" not in names and item.name:
        lines.append(_line("Subject", _one_line(item.name)))
    if "date" not in names:
        lines.append(f"Date: {email.utils.format_datetime(item.date.replace(tzinfo=None))}")
    return lines


def _is_from_list(value: str, list_email: str) -> bool:
    """Whether a From header names the list as sender, which lists do because of DMARC."""
    return list_email in value and list_email in addresses(value)[:1]


def _one_line(value: str) -> str:
    return re.sub(r"[\r\n]+[ \t]*", " ", value)


def _line(name: str, value: str) -> str:
    """A header as Python's `email` package, and so Patchwork, writes it: long lines folded."""
    line = f"{name}: {_folded(value)}"
    if len(line) <= _MAX_LINE or len(line) > _MAX_FOLDED or not line.isascii():
        return line
    if max(map(len, line.split("\n"))) <= _MAX_LINE:
        return line
    try:
        return f"{name}: {email.header.Header(_folded(value), header_name=name).encode(maxlinelen=_MAX_LINE)}"
    except HeaderParseError:
        return line


def _folded(value: str) -> str:
    """Keep a header's folding, but let none of its lines start another header or end the headers."""
    bare = value.rstrip("\r\n")
    return re.sub(r"\r?\n(?=[^ \t]|$)", "\n ", bare) if "\n" in bare else bare


def _mangle(body: str) -> str:
    """Escape lines that git would take for the next mail, and no others: the text is a commit's message.

    Patchwork escapes none; then `git am` fails.
    """
    return _GITS_FROM_LINE.sub(">", body) if "From " in body else body
