"""Text → words, the same for indexes and queries. `tokenizer.js` in the theme does the same in the browser.

A word is a run of letters, digits and underscores, in lower case and without accents; letters that are no
plain ones with an accent are written as in ASCII (`straße` as `strasse`). An identifier is found whole and by
its parts: `qemu_eventWait` is also `qemu`, `event` and `wait`, `v2` is also `2`. Runs of scripts that put no
blanks between words (Chinese, Japanese, Korean, Thai, …) are cut into overlapping pairs, which are found by
their characters, too. `C++` and `C#` are words: `cplusplus`, `csharp`. A word of English prose is found in
its other forms, too (`removes`, `removed`), by its stem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, pairwise

# The class itself: `snowballstemmer.stemmer` would take whatever version of PyStemmer is installed.
from snowballstemmer.english_stemmer import EnglishStemmer

#: Raised when the same text gives other terms than before: all segments are then made anew.
ANALYSIS = 4
#: Longer words are cut: nobody types them, and base64 would fill the index with them.
MAX_WORD = 64
MAX_PATH = 200
#: PATH_MAX of Linux: no file has a longer path.
_LONGEST_PATH = 4096
#: A folder is a term with so many of those above it.
MAX_FOLDERS = 8
MAX_SENDER = 100
#: Letters of a blob's id that are looked at: git's own abbreviations are seldom longer, and not shorter.
MAX_BLOB = 10
SHORTEST_BLOB = 7
#: Letters of it that a query has at least.
MIN_BLOB = 4
#: Digits of a commit or a hash that are looked at: no two of an archive have so many in common by chance.
MAX_HASH = 16
#: Words that are remembered, some 200 bytes each.
_MOST_KNOWN = 150_000
_WORD = re.compile(r"\w+")
#: ASCII characters, blanks in place of those that are in no word: to cut text by these is fastest.
_ASCII = "".join(char if _WORD.match(char) else " " for char in map(chr, range(128)))
#: What isn't ASCII, a thousand characters at a time: to sort a run of accents takes quadratic time.
_FOREIGN = re.compile(r"[^\x00-\x7f]{1,1000}")
#: Ends a term that is a stem, so that it lies beside the words that begin like it. No word holds it.
STEM = "\x01"
_PROSE = re.compile(r"[a-z]{3,64}")
_ENGLISH = EnglishStemmer()
#: Thai, Lao, Burmese, Khmer, kana, Chinese, Korean.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff]+"
)
#: Letters that Unicode doesn't take apart, as they are written in ASCII. `tokenizer.js` has the same.
_LETTERS = str.maketrans({
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h", "Ħ": "H", "ŧ": "t",
    "Ŧ": "T", "ŋ": "n", "Ŋ": "N", "ĸ": "k",
})  # fmt: skip
#: Languages and compilers with a sign in their names. No lookbehind: that would be tried at each character.
_SIGNED = re.compile(r"[cCgG]\+\+|[cCfF]#(?!\w)")
_PLUSES = re.compile(r"(?:^|\W)(?:(?:lib|std|libstd|obj)?c|(?:clan)?g)$", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_]+")
_NAME_AT_END = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z0-9_]+\Z")
_VERSION = re.compile(r"[vV][0-9]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def fold(text: str) -> str:
    """Take accents off; case stays, because it separates the parts of identifiers."""
    if text.isascii():
        return text
    return _FOREIGN.sub(_without_accents, text)


def _without_accents(run: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKD", run[0])
    plain = "".join([c for c in plain if unicodedata.category(c) != "Mn"]).translate(_LETTERS)
    return plain if plain.isascii() else unicodedata.normalize("NFC", plain)


def words(text: str) -> list[str]:
    """The words of a text in their order, identifiers whole."""
    return [word[:MAX_WORD].lower() for word in _pieces(text)]


def stem(word: str) -> str | None:
    """The stem of a word that may be an English one (in lower case), None for others: code has no forms.

    Porter's second algorithm as of Snowball 3.1, except that a `y` which it writes as `i` stays: most such
    words are then their own stem.
    """
    if not _PROSE.fullmatch(word):
        return None
    root: str = _ENGLISH.stemWord(word)
    return root[:-1] + "y" if root.endswith("i") else root


def _pairs(word: str) -> Iterator[str]:
    """Cut runs of scripts without blanks out of a word, into pairs of neighbours."""
    at = 0
    for run in _UNSPACED.finditer(word):
        if run.start() > at:
            yield word[at : run.start()]
        text = run[0]
        yield from ([text] if len(text) == 1 else [text[n : n + 2] for n in range(len(text) - 1)])
        at = run.end()
    if at < len(word):
        yield word[at:]


class _Split(dict[str, tuple[str, ...]]):
    """Word, as it is written → itself and its parts; made when first looked up."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) > _MOST_KNOWN:
            self.clear()
        parts = split(word)
        if len(word) <= 4 * MAX_WORD:  # longer ones don't come again, and would fill the memory
            self[word] = parts
        return parts


class _Stems(dict[str, str]):
    """Term → the term of its stem; made when first looked up."""

    def __missing__(self, word: str) -> str:
        root = stem(word)
        term = root + STEM if root and root != word else ""
        if len(self) > _MOST_KNOWN:
            self.clear()
        self[word] = term
        return term


class Splitter:
    """Words with their parts, remembered: most words of code come again and again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = _Split()
        #: Term → what its other forms find it by; empty where there are none, or need nothing else.
        self.stems: dict[str, str] = _Stems()

    def terms(self, text: str) -> list[tuple[str, ...]]:
        """For each word, in order: the word itself, then its parts, all in lower case."""
        return list(map(self._known.__getitem__, _pieces(text)))

    def unique(self, text: str) -> set[str]:
        """All of these and qualified names, each once, in no order."""
        terms = set(chain.from_iterable(map(self._known.__getitem__, set(_pieces(text)))))
        return terms.union(qualified_names(text))


def _pieces(text: str) -> list[str]:
    """The words of a text as they are written, identifiers whole."""
    folded = fold(text)
    if "++" in folded or "#" in folded:
        folded = _SIGNED.sub(_name_of, folded)
    if folded.isascii():
        return folded.translate(_ASCII).split()
    raw_words = _WORD.findall(folded)
    if not _UNSPACED.search(folded):
        return raw_words
    return [piece for word in raw_words for piece in _pairs(word)]


def _name_of(match: re.Match[str]) -> str:
    """`c++` as `cplusplus`, `c#` as `csharp`, unless other letters stand before it."""
    letter, sign = match[0][0], match[0][1]
    if sign == "#":
        before = match.string[max(0, match.start() - 1) : match.start()]
        return match[0] if _WORD.match(before) else f"{letter}sharp"
    word = match.string[max(0, match.start() - 8) : match.start() + 1]
    return f"{letter}plusplus " if _PLUSES.search(word) else match[0]


def split(word: str) -> tuple[str, ...]:
    """A word in lower case and its parts of two letters or more: at underscores and at humps."""
    whole = word[:MAX_WORD].lower()
    if word[:1] in ("v", "V") and _VERSION.fullmatch(word):
        return (whole, word[1 : MAX_WORD + 1])
    if len(word) < 3 or (word.islower() and "_" not in word):
        is_pair = len(word) == 2 and not word.isascii() and _UNSPACED.fullmatch(word)
        return (whole, *dict.fromkeys(word)) if is_pair else (whole,)
    parts = [word[:MAX_WORD].strip("_")]
    for piece in word[:MAX_WORD].split("_"):
        humps = _HUMP.split(piece) if piece.isascii() and not piece.islower() else [piece]
        parts += [piece, *humps]
    unique = dict.fromkeys(part.lower() for part in parts if len(part) > 1)
    unique.pop(whole, None)
    return (whole, *unique)


def qualified_names(text: str) -> list[str]:
    """The names joined by `->` or `::`, in pairs and lower case: `a->b->c` gives `a->b` and `b->c`."""
    names: dict[str, None] = {}
    for sign in ("->", "::"):
        if sign in text:
            for before, after in pairwise(text.split(sign)):
                left, right = _NAME_AT_END.search(before[-MAX_WORD:]), _NAME.match(after[:MAX_WORD])
                if left and right:
                    names[f"{left[0]}{sign}{right[0]}".lower()] = None
    return list(names)


def path_terms(path: str) -> list[str]:
    """What a path is found by, besides its words: itself, its ends, and the folders in it.

    `a/b/c.h` gives `a/b/c.h`, `b/c.h` and `c.h`, and `a/`, `a/b/` and `b/`.
    """
    parts = path[-_LONGEST_PATH:].lower().split("/")
    size = len(parts)
    ends = ["/".join(parts[n : n + MAX_PATH])[:MAX_PATH] for n in range(size)]
    folders = [
        "/".join(parts[start:end]) + "/"
        for start in range(size)
        for end in range(start + 1, min(size, start + MAX_FOLDERS + 1))
    ]
    return [term for term in dict.fromkeys([*ends, *folders]) if 0 < len(term) <= MAX_PATH]
