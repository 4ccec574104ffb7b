"""Headers as people read them: encoded words (RFC 2047), encoded parameters (RFC 2231), wrong charsets."""

from __future__ import annotations

import binascii
import codecs
import re
from urllib.parse import unquote_to_bytes

#: Looser than RFC 2047 §2, because mailers are: longer words, blanks in them, words inside of quotes.
_WORD = re.compile(r"=\?([!-<>@-~]{1,60}?)\?([BbQq])\?([^?\r\n]*)\?=")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_PARAMETER = re.compile(
    r";\s*(?P<name>[A-Za-z0-9!#$&+.^_`|~-]{1,60})\*(?:(?P<part>\d{1,4})(?P<coded>\*?))?="
    r"(?P<value>\"[^\"]*\"|[^\s;\"]*)"
)
#: Labels that mailers put on a superset, as browsers take them (WHATWG Encoding Standard, §4.2).
_SUPERSETS = {
    "ascii": "cp1252", "us-ascii": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "big5": "big5hkscs",
}  # fmt: skip
#: In these the bytes of UTF-8 are unlikely to make a text, so that UTF-8 under their name is recognised.
_SINGLE_BYTE = re.compile(r"cp125\d|windows-125\d|iso[-_]8859|latin|koi8|ascii|unknown")
#: Codecs for other things than mails, some of which take more than linear time.
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})


def decoded(text: str) -> str:
    """A header's text with its encoded words decoded; what can't be decoded stays as it is."""
    if "=?" not in text:
        return text
    parts: list[str] = []
    run, run_charset, end = b"", "", 0
    for match in _WORD.finditer(text):
        data = _bytes_of(match[2], match[3])
        if data is None:
            continue
        charset = match[1].partition("*")[0].lower()  # RFC 2231 §5: a language may follow
        gap = text[end : match.start()]
        # RFC 2047 §6.2: blanks between words don't count. Some mailers cut characters in two.
        if gap.strip() or charset != run_charset:
            parts.append(_shown(run, run_charset))
            run, run_charset = b"", charset
        if not end or gap.strip():
            parts.append(gap)
        run += data
        end = match.end()
    return "".join([*parts, _shown(run, run_charset), text[end:]])


def decoded_parameters(text: str) -> str:
    """A header's text with parameters such as `filename*0*=utf-8''a%20b` joined and decoded (RFC 2231)."""
    if "*" not in text:
        return text
    values: dict[str, list[str]] = {}
    for match in _PARAMETER.finditer(text):
        values.setdefault(match["name"].lower(), []).append(_parameter_part(match))

    def replaced(match: re.Match[str]) -> str:
        parts = values.pop(match["name"].lower(), None)
        if parts is None:
            return ""  # a continuation of one that was replaced
        charset, _, value = "".join(parts).rpartition("'")
        shown = _shown(unquote_to_bytes(value), charset.partition("'")[0].lower())
        return f'; {match["name"]}="{shown}"'

    return _PARAMETER.sub(replaced, text)


def _parameter_part(match: re.Match[str]) -> str:
    """A part of a parameter's value in the percent-encoded form."""
    value = match["value"].strip('"')
    encoded = match["coded"] or match["part"] is None
    return value if encoded else value.replace("%", "%25").replace("'", "%27")


def _bytes_of(encoding: str, text: str) -> bytes | None:
    """The bytes of an encoded word; None where it is none."""
    if encoding in "Qq":
        return binascii.a2b_qp(text.encode("utf-8", "replace"), header=True)
    try:
        return binascii.a2b_base64(text.encode("ascii") + b"==")
    except (binascii.Error, UnicodeEncodeError):
        return None


def _shown(data: bytes, charset: str) -> str:
    return _CONTROL.sub(" ", decode(data, charset)) if data else ""


def decode(data: bytes, charset: str) -> str:
    """Bytes as text, by what the charset's label says unless they are clearly something else."""
    label = _SUPERSETS.get(charset, charset)
    candidates = [label, "utf-8"]
    if not data.isascii() and _SINGLE_BYTE.match(label):
        candidates.reverse()
    for candidate in candidates:
        try:
            if codecs.lookup(candidate).name.replace("_", "-") not in _NO_CHARSETS:
                return data.decode(candidate)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("cp1252", "replace")
