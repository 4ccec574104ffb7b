"""What in a query may not mean what was intended, as far as its words and the values of columns tell.

No file of the index is read for it. The theme has a twin, `remarks.js`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from generator.errors import SearchError
from generator.search.advice import ELSEWHERE, FOREIGN_FIELDS, Advice, nearest, nearest_field
from generator.search.fields import FIXED_VALUES, TAGS, canonical
from generator.search.index_reader import Index
from generator.search.outcomes import NO_RELEASE, is_release
from generator.search.query_nodes import Node, NumberRange, Or, Value
from generator.search.query_parser import parse_query
from generator.search.query_tokens import Token
from generator.search.reading import unquoted
from generator.search.synonyms import VALUES
from generator.search.tokenizer import words

_MOST_VALUES = 12
_AS_WORD = "It was looked for as a word."
#: A query of more words is rather a text, in which "or" and "not" are words.
_MOST_TYPED = 6
#: Numbers of errors, and others.
_NUMBER = re.compile(r"^(?:E[A-Z0-9]{2,}|[0-9]+)\b", re.A)
#: What other search engines have, and what to write here; nothing: leave it out.
_OPERATORS = {
    "and": "AND", "or": "OR", "not": "NOT", "&&": "AND", "||": "OR", "&": "AND", "|": "OR", "XOR": "OR",
    "NEAR": "", "ADJ": "", "AROUND": "",
}  # fmt: skip
#: A wildcard within a word, and before something.
_WITHIN, _BEFORE = re.compile("[A-Za-z0-9][*?][A-Za-z0-9]"), re.compile(r"[*?][^*?\s]")
#: What no query has but code.
_CODE = re.compile(r"[(){};=]")
#: Options of `git log` that ask for what a field asks for.
_OPTION = re.compile(r"^-{1,2}(author|since|after|until|before|grep|committer)=(.+)$", re.A)


def excluded(query: str, some: list[Token]) -> Iterator[Advice]:
    """`-EINVAL`: an error's number, or what stands at the beginning, may not be meant to be left out."""
    for n, token in enumerate(some):
        if not token.is_excluded or token.field or token.name or token.is_phrase:
            continue
        if token.value.startswith("{"):
            continue
        if _NUMBER.match(token.value) or (n == 0 and not token.value.startswith("-")):
            yield Advice(
                f"-{token.value} leaves out patches that have {token.value}. In quotes it is looked for.",
                token.replaced(query, f'"-{token.value}"'),
            )


def unknown_values(index: Index, query: str, some: list[Token]) -> Iterator[Advice]:
    """A state, project or delegate that no patch has."""
    states = [str(state) for state in index.states]
    for token in some:
        value = token.value.lower().strip()
        if token.field == "project":
            slugs = [slug for _, slug, *_ in index.projects]
            if any(value.strip("<>") in names for names in index.project_names.values()):
                continue
            start = re.split("[.@]", value.strip("<>"), maxsplit=1)[0]  # of a list's id or address
            yield _no_such(query, token, start if start in slugs else nearest(value, slugs), slugs)
        elif token.field == "delegate":
            known = ["nobody", *map(str, index.delegates)]
            missing = _missing(value, [name.lower() for name in known], VALUES["delegate"])
            for name in missing:
                other = nearest(name, known)
                yield _no_such(query, token, other and value.replace(name, other), known)
        elif token.field == "release" and index.releases:
            for name in _missing(value, [NO_RELEASE], VALUES["release"]):
                if not any(is_release(release, name) for release in index.releases):
                    other = nearest(name, index.releases)
                    instead = other and value.replace(name, other)
                    yield _no_such(query, token, instead, index.releases)
        elif token.field in ("state", "status", "is"):
            yield from _unknown_states(query, token, value.replace(" ", "-"), states)


def without_repository(index: Index, some: list[Token], *, found: bool) -> Iterator[Advice]:
    """What landed is asked of projects of which no repository was read."""
    asked = (parsed(token.text) for token in some if token.field)
    if not any(node and _asks_what_landed(node, found=found) for node in asked):
        return
    if not index.knows_commits:
        yield Advice("No git repository is known here, so nothing says what landed.")
        return
    named = {token.value.lower().strip("<> ") for token in some if token.field == "project"}
    for number, slug, *_ in index.projects:
        if number not in index.repositories and named & index.project_names[number]:
            yield Advice(f"No git repository is known for {slug}, so nothing says what landed.")


def _asks_what_landed(node: Node, *, found: bool) -> bool:
    """Whether a field asks for what a repository tells; servers name commits, too: some may be found."""
    match node:
        case Or(children):
            return any(_asks_what_landed(child, found=found) for child in children)
        case Value("is", value):
            return value in ("landed", "reverted")
        case Value(column, _) | NumberRange(column, _, _):
            return column in ("release", "landed") or (column == "commit" and not found)
    return False


def _unknown_states(query: str, token: Token, value: str, states: list[str]) -> Iterator[Advice]:
    known = [state.lower() for state in states]
    if token.field != "state":
        conditions = [*FIXED_VALUES[token.field], *(TAGS if token.field == "is" else ())]
        by_others = [f"{tag}-by" for tag in TAGS] if token.field == "is" else []
        for name in _missing(value, [*known, *conditions, *by_others], VALUES[token.field]):
            other = nearest(name, [*conditions, *states])
            takes = f"{token.field}: takes {', '.join(conditions)} or a state ({_listed(states)})"
            yield Advice(
                f"{takes}, not {name}.",
                token.replaced(query, f"{token.field}:{other}") if other else "",
            )
        return
    for name in _missing(value, known):
        if name in FIXED_VALUES["is"]:
            reason = f"No patch has the state {token.value}. There are: {_listed(states)}."
            yield Advice(reason, token.replaced(query, f"is:{name}"))
        else:
            other = nearest(name, states)
            yield _no_such(query, token, other and value.replace(name, other), states)


def _missing(value: str, known: list[str], synonyms: dict[str, str] | None = None) -> list[str]:
    """Those of the values, between commas, that are none."""
    parts = [part.strip() for part in re.split("[,|]", value) if part.strip()] or [value]
    return [part for part in parts if (synonyms or {}).get(part, part) not in known]


def _no_such(query: str, token: Token, other: str | None, values: list[str]) -> Advice:
    instead = token.replaced(query, f"{token.field}:{_quoted(other)}") if other else ""
    reason = f"No patch has the {token.field} {token.value}. There are: {_listed(values)}."
    return Advice(reason, instead)


def _listed(values: list[str]) -> str:
    rest = len(values) - _MOST_VALUES
    return ", ".join(values[:_MOST_VALUES]) + (f" and {rest} others" if rest > 0 else "")


def _quoted(value: str) -> str:
    return f'"{unquoted(value)}"' if re.search(r'[ ()"]', value) else value


def unknown_fields(query: str, some: list[Token], *, only_near: bool) -> Iterator[Advice]:
    """Something before a colon that is no field; `only_near`: where it is likely that one was meant."""
    for token in some:
        if option := _OPTION.match(f"{'-' * token.is_excluded}{token.value}"):
            name = canonical(ELSEWHERE.get(option[1], option[1]))
            yield _other_field(query, token, f"--{option[1]}=", name, option[2])
        if not token.name:
            continue
        value = f'"{token.value}"' if token.is_phrase else token.value
        if other := nearest_field(token.name):
            yield _other_field(query, token, f"{token.name}:", other, value)
        elif (foreign := FOREIGN_FIELDS.get(token.name.lower())) is not None:
            reason = f"There is no field {token.name}: here. {foreign or _AS_WORD}"
            yield Advice(reason, token.replaced(query, "" if foreign else value))
        elif not only_near:
            reason = f"There is no field {token.name}: here. {_AS_WORD}"
            yield Advice(reason, token.replaced(query, f"{token.name} {value}"))


def _other_field(query: str, token: Token, name: str, field: str, value: str) -> Advice:
    """Another field for what has this name, if it takes the value."""
    reason = f"There is no field {name} here. {field}: may be meant."
    instead = token.replaced(query, f"{field}:{value}")
    try:
        parse_query(instead)
    except SearchError as error:
        return Advice(f"{reason} {error}.", "")
    return Advice(reason, instead)


def misplaced_fields(query: str, some: list[Token]) -> Iterator[Advice]:
    """`s: lock`: a field and a blank before its value."""
    for token, following in pairwise(some):
        name = token.value[:-1]
        apart = token.value.endswith(":") and query[token.end : token.end + 1] == " "
        if token.is_plain and apart and _is_value(following):
            field = canonical(name)
            if field in _ASKED:
                start, end = token.start, following.start
                instead = f"{query[:start]}{field}:{query[end:]}"
                yield Advice(f"The value of {name}: has to follow without a blank.", instead)


#: Fields that people write so; a word with a colon may as well begin a subject: `net: fix`.
_ASKED = frozenset("s f t c b d dfn dfa dfb dfhh m state project delegate".split())


def _is_value(token: Token) -> bool:
    return not (token.field or token.name or token.is_excluded)


def operators(query: str, some: list[Token], *, found: bool) -> Iterator[Advice]:
    """Operators of other languages. Words such as "or" are ones where few others stand by them."""
    typed = not found or len(some) <= _MOST_TYPED
    for n, token in enumerate(some):
        word = token.value.partition("/")[0] if token.value.isupper() else token.value  # NEAR/3
        if not token.is_plain:
            continue
        if word in _OPERATORS and n < len(some) - 1 and (n or word == "not"):
            other = _OPERATORS[word]
            if word.isalpha() and word.islower() and not typed:
                continue
            says = f"{other} in capitals is one" if other else "all words must be there anyway"
            instead = _all_replaced(query, some, token.value, other)
            if token.value not in [earlier.value for earlier in some[:n]]:
                yield Advice(f"{token.value} is no operator here; {says}.", instead)
        elif typed and re.match("![A-Za-z_]", token.value) and not _CODE.search(query):
            reason = f"{token.value[0]} leaves nothing out here; - does."
            yield Advice(reason, token.replaced(query, f"-{token.value[1:]}"))
    yield from _braces(query)


def _all_replaced(query: str, some: list[Token], word: str, other: str) -> str:
    """The query with something else wherever a word stands."""
    for token in reversed(some):
        if token.is_plain and token.value == word:
            query = token.replaced(query, other)
    return query


def _braces(query: str) -> Iterator[Advice]:
    """`{a b}`, as Gmail and Patchew have it for OR."""
    if match := re.search(r"(?:^|[\s-])\{([^\s{}()][^{}()]{0,200}[^\s{}()])\}(?:\s|$)", query):
        if " " not in match[1]:
            return
        inner = " OR ".join(match[1].split())
        at = match.start(1) - 1
        instead = f"{query[:at]}({inner}){query[match.end(1) + 1 :]}"
        yield Advice("{ } do not group words here; ( ) and OR do.", instead)


def wildcards(query: str, some: list[Token], *, found: bool) -> Iterator[Advice]:
    """`*` and `?` elsewhere than at the end of a word; where something is found, only within one."""
    pattern = _WITHIN if found else _BEFORE
    for token in some:
        if token.is_phrase or not pattern.search(token.value):
            continue
        says = "* stands for any letters at the end of a word only."
        yield Advice(says, token.replaced(query, token.with_field(_without_wildcard(token))))


def _without_wildcard(token: Token) -> str:
    folder = re.split("[*?]", token.value, maxsplit=1)[0].rpartition("/")[0]
    if words(folder) and token.field in ("", "dfn"):
        return f"{folder}/"
    start, *rest = words(token.value) or [token.value.strip("*?")]
    if token.value[0] not in "*?" and len(start) > 1:
        return f"{start}*"
    return " ".join([start, *rest])


def parsed(text: str) -> Node | None:
    """The node of a query, None if it is none or has no word."""
    try:
        return parse_query(text)
    except SearchError:
        return None
