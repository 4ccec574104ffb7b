"""Why a query finds what it finds, or nothing, and what to ask instead. The theme has a twin, `explain.js`.

`tests/search/explained.json` has examples that both are tested with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.errors import SearchError
from generator.search.advice import FOREIGN_FIELDS, MOST_ADVICE, Advice, nearest, nearest_field
from generator.search.fields import TEXT_FIELDS
from generator.search.index_reader import Index
from generator.search.pasted import read
from generator.search.query_nodes import And, Node, Or, Phrase, Prefix, Term, Word
from generator.search.query_parser import parse_query
from generator.search.query_tokens import Token, tokens
from generator.search.reading import Reading, unquoted
from generator.search.tokenizer import words

#: Words of a title that are offered instead of the title.
_MOST_WORDS = 12
_MOST_VALUES = 12
_ERRNO = re.compile(r"^E[A-Z0-9]{2,}\b", re.A)
#: What other search engines have, and what to write here; nothing: leave it out.
_OPERATORS = {
    "and": "AND", "or": "OR", "not": "NOT", "&&": "AND", "||": "OR", "&": "AND", "|": "OR", "XOR": "OR",
    "NEAR": "", "ADJ": "",
}  # fmt: skip
_NAMED = {"m": "mail with the message id", "id": "patch with the number", "commit": "patch that is commit",
          "series": "series with the number", "cover": "cover letter with the number",
          "comment": "comment with the number"}  # fmt: skip
_ALL_WORDS = Advice("A patch must have all words; word* finds words that begin with it.")


def explain(index: Index, text: str, total: int) -> list[Advice]:
    """What there is to say about a valid query that found so many patches."""
    return remarks(index, text) if total else explain_nothing(index, text)


def remarks(index: Index, text: str) -> list[Advice]:
    """What may not mean what was intended, whatever it finds: no file of the index is read."""
    query = _query_of(text)
    some = tokens(query)
    found = [
        *_excluded(query, some),
        *_unknown_values(index, query, some),
        *_unknown_fields(query, some, True),
    ]
    return found[:MOST_ADVICE]


def explain_nothing(index: Index, text: str) -> list[Advice]:
    """Why a query finds nothing."""
    readings = read(text)
    if readings[0].field:
        return [_not_there(reading) for reading in readings if reading.field][:MOST_ADVICE]
    query = _query_of(text)
    some = tokens(query)
    found = [
        *_excluded(query, some),
        *_unknown_values(index, query, some),
        *_unknown_fields(query, some, False),
        *_operators(query, some),
        *_wildcards(query, some),
    ]
    if not found:
        found = [*_missing_words(index, query, some)] or [*_phrases(query, some)]
    return (found or [_not_together(query, some)])[:MOST_ADVICE]


def _query_of(text: str) -> str:
    """The query that a text is, or is read as; empty if it names something."""
    return " ".join(next((reading.text for reading in read(text) if not reading.field), "").split())


def _not_there(reading: Reading) -> Advice:
    """Nothing is what a pasted text names."""
    if reading.field == "s":
        title = words(reading.text)[:_MOST_WORDS]
        return Advice("No patch has this subject.", " ".join(title) if len(title) > 1 else "")
    if reading.field == "dfn":
        folder, _, name = reading.text.rpartition("/")
        instead = f'dfn:"{unquoted(name)}"' if folder and name else ""
        return Advice(f"No patch changes {reading.text}.", instead)
    return Advice(f"The archive has no {_NAMED[reading.field]} {reading.text}.")


def _excluded(query: str, some: list[Token]) -> Iterator[Advice]:
    """`-EINVAL`: an error's number, or what stands at the beginning, may not be meant to be left out."""
    for n, token in enumerate(some):
        if not token.is_excluded or token.field or token.name or token.is_phrase:
            continue
        if _ERRNO.match(token.value) or (n == 0 and not token.value.startswith("-")):
            yield Advice(
                f"-{token.value} leaves out patches that have {token.value}. In quotes it is looked for.",
                token.replaced(query, f'"-{token.value}"'),
            )


def _unknown_values(index: Index, query: str, some: list[Token]) -> Iterator[Advice]:
    """A state, project or delegate that no patch has."""
    known: dict[str, list[str]] = {
        "state": index.states,
        "project": [slug for _, slug, *_ in index.projects],
        "delegate": ["nobody", *index.delegates],
    }
    for token in some:
        if token.field not in known:
            continue
        value = token.value.lower().strip()
        wanted = value.replace(" ", "-") if token.field == "state" else value
        every = {str(name).lower() for name in known[token.field]}
        if token.field == "project":
            every |= {str(name).lower() for _, *names in index.projects for name in names}
        if wanted in every:
            continue
        values = known[token.field]
        other = nearest(wanted, values)
        yield Advice(
            f"No patch has the {token.field} {token.value}. There are: {_listed(values)}.",
            token.replaced(query, f"{token.field}:{_quoted(other)}") if other else "",
        )


def _listed(values: list[str]) -> str:
    rest = len(values) - _MOST_VALUES
    return ", ".join(values[:_MOST_VALUES]) + (f" and {rest} others" if rest > 0 else "")


def _quoted(value: str) -> str:
    return f'"{unquoted(value)}"' if re.search(r'[ ()"]', value) else value


def _unknown_fields(query: str, some: list[Token], only_near: bool) -> Iterator[Advice]:
    """Something before a colon that is no field; `only_near`: where it is likely that one was meant."""
    for token in some:
        name = token.name
        if not name:
            continue
        value = f'"{token.value}"' if token.is_phrase else token.value
        if other := nearest_field(name):
            says, instead = f"{other}: may be meant.", f"{other}:{value}"
        elif only_near and name not in FOREIGN_FIELDS:
            continue
        else:
            says = "It was looked for as a word."
            instead = value if name in FOREIGN_FIELDS else f"{name} {value}"
        yield Advice(f"There is no field {name}: here. {says}", token.replaced(query, instead))


def _operators(query: str, some: list[Token]) -> Iterator[Advice]:
    for token in some[1:-1]:
        word = token.value.partition("/")[0] if token.value.isupper() else token.value  # NEAR/3
        if token.is_plain and word in _OPERATORS:
            other = _OPERATORS[word]
            says = f"{other} in capitals is one" if other else "all words must be there anyway"
            instead = token.replaced(query, other)
            yield Advice(f"{token.value} is no operator here; {says}.", instead)


def _wildcards(query: str, some: list[Token]) -> Iterator[Advice]:
    for token in some:
        if token.is_phrase or not re.search(r"[*?][A-Za-z0-9_]", token.value):
            continue
        start, *rest = words(token.value)
        other = (
            f"{start}*"
            if token.value[0] not in "*?" and len(start) > 1
            else " ".join([start, *rest])
        )
        says = "* stands for any letters at the end of a word only."
        yield Advice(says, token.replaced(query, token.with_field(other)))


def _missing_words(index: Index, query: str, some: list[Token]) -> Iterator[Advice]:
    """Words that no patch has, with the nearest one that some have."""
    for token in some:
        node = None if token.is_excluded or token.is_operator else _parsed(token.text)
        if node is None or at_most(index, node):
            continue
        if other := _similar(index, token):
            says = f"No patch has {token.value}. {other} may be meant."
            yield Advice(says, token.replaced(query, token.with_field(other)))
        else:
            rest = token.left_out(query)
            missing = [word for word in words(token.value) if not at_most(index, Term(word, 0))]
            says = f"No patch has {', '.join(missing[:_MOST_WORDS]) or token.value}."
            yield Advice(says, rest if _parsed(rest) else "")


def _similar(index: Index, token: Token) -> str | None:
    """The most frequent word that is written nearly as one that no patch has."""
    several = words(token.value)
    if token.is_phrase or len(several) != 1 or several[0] != token.value.lower():
        return None
    counts: dict[str, int] = {}
    for segment in index.segments:
        for term, count in segment.around(several[0]):
            counts[term] = counts.get(term, 0) + count
    return nearest(several[0], sorted(counts, key=lambda term: (-counts[term], term)))


def _phrases(query: str, some: list[Token]) -> Iterator[Advice]:
    """Words that are there, but not one after the other; changed lines are asked by fields of their own."""
    for token in some:
        several = words(token.value)[:_MOST_WORDS]
        is_text = token.field in TEXT_FIELDS or not token.field
        if token.is_excluded or len(several) < 2 or not is_text:
            continue
        if token.is_phrase and token.field in ("", "b", "nq", "bs"):
            says = (
                "No message has this phrase. Changed lines are looked through with dfb: and dfa:."
            )
            yield Advice(says, token.replaced(query, f'dfb:"{token.value}"'))
        if token.field not in ("f", "dfn"):
            every = " ".join(map(token.with_field, several))
            says = f"{token.value} stands nowhere as it is. Its words may."
            yield Advice(says, token.replaced(query, every))


def _not_together(query: str, some: list[Token]) -> Advice:
    wanted = [token.text for token in some if not token.is_excluded and not token.is_operator]
    plain = len(wanted) == len(some) and "(" not in query
    if len(wanted) < 2:
        return _ALL_WORDS
    return Advice(
        "Each of these is found, but no patch has all of them.",
        " OR ".join(wanted) if plain else "",
    )


def _parsed(text: str) -> Node | None:
    try:
        return parse_query(text)
    except SearchError:
        return None


def at_most(index: Index, node: Node) -> float:
    """How many patches a node can find, as far as the counts of its words say."""
    match node:
        case Term(text, _) | Prefix(text, _):
            prefix = isinstance(node, Prefix)
            return sum(
                posting.count
                for segment in index.segments
                for _, posting in segment.postings(text, prefix=prefix)
            )
        case Phrase(several, fields):
            return min(at_most(index, Term(word, fields)) for word in several)
        case And(children):
            return min(at_most(index, child) for child in children)
        case Or(children) | Word(children):
            return sum(at_most(index, child) for child in children)
    return float("inf")
