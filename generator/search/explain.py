"""Why a query finds what it finds, or nothing, and what to ask instead. The theme has a twin, `explain.js`.

`tests/search/explained.json` has examples that both are tested with.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from generator.search import remarks
from generator.search.advice import MOST_ADVICE, Advice, nearest
from generator.search.fields import NAMED, TEXT_FIELDS
from generator.search.index_reader import Index
from generator.search.pasted import read
from generator.search.pasted_urls import is_address
from generator.search.query_nodes import And, Node, Or, Phrase, Prefix, Term, Value, Word
from generator.search.query_tokens import Token, tokens
from generator.search.reading import Reading, unquoted
from generator.search.remarks import parsed
from generator.search.synonyms import DATE_BOUNDS
from generator.search.tokenizer import words

#: Words of a title that are offered instead of the title.
_MOST_WORDS = 12
#: Fields that have names and addresses of people.
_WHO = frozenset("by reviewer acked tested t c a tc tcf".split())
_NAMED = {"m": "mail with the message id", "id": "patch with the number", "commit": "patch that is commit",
          "series": "series with the number", "cover": "cover letter with the number",
          "comment": "comment with the number"}  # fmt: skip
#: What fields of text are called in a sentence: "added line".
_HELP = {row.name: row.help for row in NAMED}


def explain(index: Index, text: str, total: int) -> list[Advice]:
    """What there is to say about a valid query that found so many patches."""
    if not total:
        return explain_nothing(index, text)
    query = _query_of(text)
    return _remarks(index, query, tokens(query), found=True)[:MOST_ADVICE]


def _remarks(index: Index, query: str, some: list[Token], *, found: bool) -> list[Advice]:
    """What may not mean what was intended, whatever it finds."""
    return [
        *remarks.excluded(query, some),
        *remarks.unknown_values(index, query, some),
        *remarks.without_repository(index, some, found=found),
        *remarks.unknown_fields(query, some, only_near=found),
        *remarks.misplaced_fields(query, some),
        *remarks.operators(query, some, found=found),
        *remarks.wildcards(query, some, found=found),
    ]


def explain_nothing(index: Index, text: str) -> list[Advice]:
    """Why a query finds nothing."""
    readings = read(text)
    if readings[0].field:
        named = [_not_there(reading) for reading in readings if reading.field]
        if any(reading.field == "commit" for reading in readings):
            named += remarks.without_repository(index, tokens("commit:0000000"), found=False)
        return named[:MOST_ADVICE]
    query = _query_of(text)
    if is_address(text) and query.startswith('"'):
        return [Advice("No mail names this address.")]
    some = tokens(query)
    found = _remarks(index, query, some, found=False)
    if not found:
        found = [*_missing_words(index, query, some)] or [*_phrases(index, query, some)]
    return (found or [_not_together(index, query, some)])[:MOST_ADVICE]


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


def _missing_words(index: Index, query: str, some: list[Token]) -> Iterator[Advice]:
    """Words that no patch has, with the nearest one that some have."""
    for token in some:
        node = None if token.is_excluded or token.is_operator else parsed(token.text)
        if node is None or at_most(index, node):
            continue
        if token.field and token.field not in TEXT_FIELDS:
            yield Advice(f"Nothing matches {token.text}.", _if_any(token.left_out(query)))
        elif other := _similar(index, token):
            says = f"No patch has {token.value}. {other} may be meant."
            yield Advice(says, token.replaced(query, token.with_field(other)))
        elif parts := _parts(index, token):
            says = f"No patch has {token.value}. It was looked for whole."
            yield Advice(says, token.replaced(query, token.with_field(f'"{parts}"')))
        else:
            missing = [word for word in words(token.value) if not at_most(index, Term(word, 0))]
            says = f"No patch has {', '.join(missing[:_MOST_WORDS]) or token.value}."
            yield Advice(says, _if_any(token.left_out(query)))


def _if_any(query: str) -> str:
    """A query, if there is one to look for."""
    return query if parsed(query) else ""


def _parts(index: Index, token: Token) -> str:
    """The parts of a name such as `memory_leak`, if patches have all of them."""
    several = words(token.value)
    parts = [part for part in several[0].split("_") if part] if len(several) == 1 else []
    is_there = len(parts) > 1 and all(at_most(index, Term(part, 0)) for part in parts)
    return " ".join(parts) if is_there else ""


def _similar(index: Index, token: Token) -> str | None:
    """The most frequent word that is written nearly as one that no patch has."""
    several = words(token.value)
    if token.is_phrase or len(several) != 1 or several[0] != token.value.lower():
        return None
    if (
        several[0].isascii() and several[0].isdigit()
    ):  # a number that is nearly the same is another one
        return None
    counts: dict[str, int] = {}
    for segment in index.segments:
        for term, count in segment.around(several[0]):
            counts[term] = counts.get(term, 0) + count
    return nearest(several[0], sorted(counts, key=lambda term: (-counts[term], term)))


def _phrases(index: Index, query: str, some: list[Token]) -> Iterator[Advice]:
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
        if token.field in _WHO:
            yield _not_in_field(index, query, token)
        elif token.field not in ("f", "dfn"):
            every = " ".join(map(token.with_field, several))
            says = f"{token.value} stands nowhere as it is. Its words may."
            yield Advice(says, token.replaced(query, every))


def _not_together(index: Index, query: str, some: list[Token]) -> Advice:
    """What is there by itself, or may be elsewhere than was asked."""
    wanted = [token for token in some if not token.is_excluded and not token.is_operator]
    if len(wanted) == 1:
        return _not_in_field(index, query, wanted[0])
    texts = [token for token in wanted if not token.field or token.field in TEXT_FIELDS]
    if 0 < len(texts) < len(wanted):
        filters = ", ".join(token.text for token in wanted if token not in texts)
        plain = "" if "(" in query else " ".join(token.text for token in some if token in texts)
        return Advice(f"No patch has all of this. Without {filters} there may be some.", plain)
    plain = "" if "(" in query or len(wanted) < len(some) else " OR ".join(t.text for t in wanted)
    return Advice("Each of these is found, but no patch has all of them.", plain)


def _not_in_field(index: Index, query: str, token: Token) -> Advice:
    """One word or value, which no patch has there."""
    if token.field in TEXT_FIELDS:
        value = f'"{token.value}"' if token.is_phrase else token.value
        says = f"No patch has {token.value} there ({_HELP[token.field]}). It may be elsewhere."
        return Advice(says, token.replaced(query, value))
    if token.field in ("d", *DATE_BOUNDS):
        dates = [date for segment in index.segments for date in segment.bounds]
        if dates:
            first, last = (
                str(datetime.fromtimestamp(day, UTC))[:10] for day in (min(dates), max(dates))
            )
            return Advice(
                f"No patch is of this time. The archive has mails from {first} to {last}."
            )
    if len(some := tokens(query)) > 1 or not token.field:
        return Advice("A patch must have all words; word* finds words that begin with it.")
    return Advice(f"Nothing matches {some[0].text}.")


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
        case Value("commit", start):
            return len(index.patches_of_commit(start))
        case Phrase(several, fields):
            return min(at_most(index, Term(word, fields)) for word in several)
        case And(children):
            return min(at_most(index, child) for child in children)
        case Or(children) | Word(children):
            return sum(at_most(index, child) for child in children)
    return float("inf")
