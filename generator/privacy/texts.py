"""Texts without the addresses and names that the site leaves out.

What takes the place of an address is one by its form, of a domain that never exists (RFC 2606 §2), so that
`git am` and mail programs still read it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from functools import partial

from generator.privacy.rules import AddressRule, Show

_DOMAIN = "withheld.invalid"
#: `x@y`, also as it stands in the query of an address. Possessive, so that no text is read twice.
_ADDRESS = re.compile(
    r"(?<![\w.+&#~-])(?P<local>[\w.+&#~-]++)(?P<at>@|%40)(?P<domain>[\w-]++(?:\.[\w-]++)*+)"
)
#: An address in other forms: of a bounce (`list+jane=example.org@…`), or hidden from harvesters.
_AT = r"(?:=|%3D|[ \t]?[(\[][ \t]?at[ \t]?[)\]][ \t]?|[ \t]at[ \t])"
_PLAIN = re.compile(r"[\w.+&#~-]+")
#: What may stand between the words of a name: in a quote, the mark of the next line as well.
_BETWEEN, _BETWEEN_ON_LINE = r"[\s>|]++", r"[ \t]++"
#: How far before an address the name that belongs to it may begin.
_LONGEST_NAME = 120
_NAME_BEGINS_AFTER = ",;:>\n(["
#: How far before a message id the address of a web page may begin that ends in it.
_LONGEST_URL = 2000
_NOT_IN_URL = " \t\r\n<>\"'()[]"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a rule is about. addresses: in lower case. number: as a submitter, if they are one."""

    show: Show
    addresses: frozenset[str]
    names: frozenset[str]
    number: int | None

    @property
    def pseudonym(self) -> str:
        """What stands in the place of their names."""
        return "Person withheld" if self.number is None else f"Person {self.number}"


@dataclass(frozen=True)
class Known:
    """What the archive knows of addresses: those of submitters (to their numbers) and of mailing lists.

    is_msgid: whether it has a mail of that id: these look like addresses, and stay.
    """

    people: Sequence[Person]
    numbers: Mapping[str, int] = field(default_factory=dict)
    lists: frozenset[str] = frozenset()
    is_msgid: Callable[[str], bool] = lambda _: False


class Texts:
    """Leaves addresses and names out of texts."""

    def __init__(self, known: Known, addresses: Iterable[AddressRule] = (), show: Show = "all"):
        self._known = known
        self._show = show
        self._patterns = [(re.compile(translate(a.pattern.lower())), a.show) for a in addresses]
        self._people = {address: p for p in known.people for address in p.addresses}
        hidden = [person for person in known.people if person.show == "none"]
        self._names = [names for person in hidden if (names := _Names.of(person))]
        self._forms = [_form(address) for address in self._people]

    def person(self, address: str | None, number: int | None = None) -> Person | None:
        """Whom a rule is about, by an address or by the number of a submitter."""
        for person in self._known.people:
            if number is not None and person.number == number:
                return person
        return self._people.get((address or "").lower())

    def shown(self, address: str) -> str:
        """An address as the site shows it."""
        return self._in_place_of(address) or address

    def redact(self, text: str, *, on_lines: bool = False) -> str:
        """A text without what is left out; `on_lines`: its lines stay as many, as those of a diff must."""
        lowered = text.lower()
        for names in self._names:
            text = names.replaced(text, lowered, on_lines=on_lines)
        if "@" in text or "%40" in text:
            text = self._addresses(text)
        for (domain, form), person in zip(self._forms, self._people.values(), strict=True):
            if domain in lowered:
                text = form.sub(partial(self._in_place_of_match, person), text)
        return text

    def _addresses(self, text: str) -> str:
        parts, end = [], 0
        for match in _ADDRESS.finditer(text):
            address = f"{match['local']}@{match['domain']}"
            instead = self._in_place_of(address)
            is_named = instead is not None and address.lower() in self._people
            # Message ids look like addresses.
            if instead is None or not (is_named or self._is_address(text, match.start(), address)):
                continue
            before = text[end : match.start()]
            person = self._people.get(address.lower())
            if person and person.show == "none" and before.endswith("<"):
                before = _with_name(before[:-1], person.pseudonym) + "<"
            parts += [before, instead.replace("@", match["at"])]
            end = match.end()
        return "".join([*parts, text[end:]])

    def _is_address(self, text: str, at: int, address: str) -> bool:
        return not (self._known.is_msgid(address) or _is_in_url(text, at))

    def _in_place_of(self, address: str) -> str | None:
        """What stands in the place of an address; None where it stays."""
        if "@" not in address:
            return None
        lowered = address.lower()
        if person := self._people.get(lowered):
            return self._of_person(address.partition("@")[0], person)
        show = self._show_of(lowered)
        if show == "all":
            return None
        number = self._known.numbers.get(lowered)
        return _instead(show, address.partition("@")[0], number)

    def _show_of(self, lowered: str) -> Show:
        for pattern, show in self._patterns:
            if pattern.match(lowered):
                return show
        if self._show == "all" or lowered in self._known.lists:
            return "all"
        # A node of a device tree (`i2c@7e205000`) is no address, nor is `root@localhost` anybody's.
        _, dot, top = lowered.rpartition("@")[2].rpartition(".")
        return self._show if dot and len(top) > 1 and top.isalpha() else "all"

    def _in_place_of_match(self, person: Person, match: re.Match[str]) -> str:
        return self._of_person(match[1], person)

    @staticmethod
    def _of_person(local: str, person: Person) -> str:
        return _instead(person.show, local, person.number)


def _instead(show: Show, local: str, number: int | None) -> str:
    """Each submitter keeps an address of their own: what they did is counted by it."""
    if show == "short":
        return f"{local}@{_DOMAIN}" if number is None else f"{local}@person-{number}.{_DOMAIN}"
    return f"person@{_DOMAIN}" if number is None else f"person-{number}@{_DOMAIN}"


def _with_name(before: str, name: str) -> str:
    """The text before the `<` of an address with another name in it."""
    tail = before[-_LONGEST_NAME:]
    if not tail.strip() or tail.rstrip().endswith(name):
        return before
    begin = max(tail.rfind(mark) for mark in _NAME_BEGINS_AFTER) + 1
    at = len(before) - len(tail) + begin
    if before[at:].strip():
        return f"{before[:at]}{' ' if begin else ''}{name} "
    return before


def _is_in_url(text: str, at: int) -> bool:
    """Whether what begins at a place in a text is a part of a web page's path, as message ids often are."""
    if at == 0 or text[at - 1] not in "/=":
        return False
    begin = max(text.rfind("://", max(0, at - _LONGEST_URL), at), 0)
    return begin > 0 and not any(mark in text[begin:at] for mark in _NOT_IN_URL)


def _form(address: str) -> tuple[str, re.Pattern[str]]:
    """The domain of an address, and a pattern of its other forms; its group is the local part."""
    local, _, domain = address.rpartition("@")
    is_plain = _PLAIN.fullmatch(local)  # then `x@y` itself is found as any address is
    before, at = (r"(?<!\w)", _AT) if is_plain else ("", f"(?:@|%40|{_AT})")
    dots = re.escape(domain).replace(r"\.", r"(?:\.|[ \t][(\[]?dot[)\]]?[ \t])")
    pattern = re.compile(rf"{before}({re.escape(local)}){at}{dots}(?![\w-]|\.\w)", re.IGNORECASE)
    return domain.partition(".")[0], pattern


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of somebody, as patterns. words: a word of each name, in lower case."""

    pseudonym: str
    words: frozenset[str]
    anywhere: re.Pattern[str]
    on_line: re.Pattern[str]

    @classmethod
    def of(cls, person: Person) -> _Names | None:
        """Names of several words; a single word is replaced only beside the address."""
        names = {tuple(re.findall(r"[^\s,\"<>]+", name)) for name in person.names}
        names = {name for name in names if len(name) > 1}
        if not names:
            return None
        turned = {(f"{name[-1]},", *name[:-1]) for name in names}
        ordered = sorted(names | turned, key=lambda name: (-len(name), name))

        def pattern(between: str) -> re.Pattern[str]:
            spelled = (between.join(map(re.escape, name)) for name in ordered)
            return re.compile(rf"(?<!\w)(?:{'|'.join(spelled)})(?!\w)", re.IGNORECASE)

        words = frozenset(max(name, key=len).lower() for name in names)
        return cls(person.pseudonym, words, pattern(_BETWEEN), pattern(_BETWEEN_ON_LINE))

    def replaced(self, text: str, lowered: str, *, on_lines: bool) -> str:
        """A text with the pseudonym in the place of each name; `lowered`: the text in lower case."""
        if not any(word in lowered for word in self.words):
            return text
        return (self.on_line if on_lines else self.anywhere).sub(self.pseudonym, text)
