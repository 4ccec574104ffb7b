"""Finds the copy of the answered mail that mailers put below an answer without quote marks (a top post)."""

from __future__ import annotations

import re

from generator.mail.quotes import may_be_quoted

_ORIGINAL = re.compile(
    r"^ {0,3}-{3,} ?(?:original message|forwarded message|original appointment|ursprüngliche nachricht|"
    r"original-?nachricht|weitergeleitete nachricht|message d['’]origine|message transféré|"
    r"mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|"
    r"originalmeddelande|ursprungligt meddelande|opprinnelig melding|oprindelig meddelelse|"
    r"alkuperäinen viesti|wiadomość oryginalna|původní zpráva|eredeti üzenet|orijinal ileti|"
    r"исходное сообщение|вихідне повідомлення|原始邮件|原始郵件|元のメッセージ|원본 메시지) ?-{3,}\s*$",
    re.IGNORECASE,
)
#: The headers that Outlook puts above the mail which it answers.
_OUTLOOK = {
    "from": "from|von|de|da|van|från|fra|lähettäjä|od|feladó|kimden|gönderen|от|від|发件人|寄件者|差出人|"
    "보낸 사람",
    "sent": "sent|gesendet|envoyé|enviado el|enviado|enviada em|inviato|verzonden|skickat|sendt|lähetetty|"
    "wysłano|odesláno|elküldve|gönderildi|gönderme tarihi|отправлено|надіслано|发送时间|寄件日期|送信日時|"
    "보낸 날짜|to|an|à|para|a|aan|till|til|do|komu|címzett|kime|кому|收件人|收件者|宛先|받는 사람",
    "subject": "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|temat|předmět|tárgy|"
    "konu|тема|主题|主旨|件名|제목",
}  # fmt: skip
_OUTLOOK_LINE = re.compile(
    "|".join(f"(?P<{key}>^\\*?(?:{names})\\*? ?[:：]\\*? ?\\S)" for key, names in _OUTLOOK.items()),
    re.IGNORECASE,
)
#: Within how many lines the headers of an answered mail stand.
_OUTLOOK_LINES = 8

#: How the line above an answered mail ends: `On Monday Alex wrote:`.
_WROTE = re.compile(
    r"(?:\b(?:wrote|writes|said|schrieb|écrit|escribió|escribio|escreveu|scritto|scrive|schreef|skrev|"
    r"kirjoitti|napisał|napisała|napsal|napísal|írta|yazdı|scris|έγραψε|написал|написала|пишет|писал|"
    r"написав|писав)\b[^:：\n]{0,80}|写道|寫道|のメール|書きました|작성)[ \u00a0]?[:：]\s*$",
    re.IGNORECASE,
)
_DATE_OR_ADDRESS = re.compile(r"\d|@")


def answered_mail(lines: list[str]) -> int:
    """Where the unquoted copy of an answered mail begins, which has an answer above it; else the end."""
    has_answer = False
    for number, line in enumerate(lines):
        if (
            _ORIGINAL.match(line)
            or _has_outlook_headers(lines, number)
            or _introduces(lines, number)
        ):
            return number if has_answer else len(lines)
        has_answer = has_answer or bool(line.strip() and not may_be_quoted(line))
    return len(lines)


def _has_outlook_headers(lines: list[str], number: int) -> bool:
    """Whether the headers of an answered mail begin at a line. (Those in a patch have no recipients.)"""
    match = _OUTLOOK_LINE.match(lines[number])
    if not match or match.lastgroup != "from":
        return False
    block = lines[number + 1 : number + _OUTLOOK_LINES]
    found = {match.lastgroup for line in block if (match := _OUTLOOK_LINE.match(line))}
    return {"sent", "subject"} <= found


def _introduces(lines: list[str], number: int) -> bool:
    """Whether a line introduces a mail that has no quote marks: `On DATE X wrote:`, perhaps wrapped."""
    if not lines[number].rstrip().endswith((":", "：")) or not _WROTE.search(lines[number]):
        return False
    above = lines[number - 1] if number else ""
    if not _DATE_OR_ADDRESS.search(f"{above} {lines[number]}"):
        return False
    below = (line for line in lines[number + 1 : number + 6] if line.strip())
    first = next(below, "")
    return bool(first) and not may_be_quoted(first)
