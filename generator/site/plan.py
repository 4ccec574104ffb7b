"""Decides what the site is made of, and what each part depends on. Reads no mail's text."""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import generator
from generator import urls
from generator.archive.projects import all_projects
from generator.site.build_context import Context
from generator.site.exports import api_collections, id_lookup, sitemap
from generator.site.fingerprints import Signatures, digest, mix
from generator.site.pages import authored, comparison
from generator.site.pages.project import own_text
from generator.site.pagination import Listing, list_units, series_units
from generator.site.registry import KINDS, Unit

#: What is made of single mails and series, or of all of them in their order; the rest are selections.
OF_MAILS = frozenset(
    {
        "patch",
        "cover",
        "series",
        "thread",
        "series-list",
        "comparison",
        "api-collection",
        "id-lookup",
    }
)


class Plan:
    """Everything that the site consists of, as units. Its two parts don't need each other."""

    def __init__(self, context: Context, pages: list[authored.AuthoredPage]) -> None:
        self._context = context
        self._sql = context.archive.sql
        self._pages = pages
        navigation = [(p.slug, p.title, p.nav) for p in pages]
        common = (context.config.digest(), code_digest(), navigation, context.has_redirects,
                  context.renderer.digest("redirect.html"))  # fmt: skip
        self._base = {
            name: digest(common, context.renderer.digest(kind.template))
            for name, kind in KINDS.items()
        }
        self._projects = dict(self._sql.execute("SELECT id, digest FROM project"))
        self._signatures = Signatures(context.archive)
        #: By series: what is told of its mails.
        self._made: dict[int, bytes] = {}

    def of_mails(self) -> Iterator[Unit]:
        """The units of the kinds `OF_MAILS`; those of a kind come together, objects by number."""
        yield from self._patches()
        yield from self._covers()
        yield from self._series()
        yield from self._numbers()
        if self._context.config.api:
            yield from self._collections()

    def of_lists(self) -> Iterator[Unit]:
        """All other units."""
        listings = [
            Listing(self._context.archive, number, self._signatures)
            for number in sorted(self._projects)
        ]
        for listing in listings:
            own = own_text(self._context.content, listing.link_name)
            common = (self._projects[listing.project_id], own.read_bytes() if own else b"")
            base = {name: digest(value, common) for name, value in self._base.items()}
            yield from list_units(listing, base, self._context.config)
            depends = listing.signature(listing.ids), self._signatures.story(listing.ids)
            yield Unit("statistics", listing.project_id, digest(base["statistics"], depends))
        yield from self._people()
        yield from self._home(listings)
        yield from self._extras()

    def _patches(self) -> Iterator[Unit]:
        s = self._signatures
        base = self._base["patch"]
        rows = self._sql.execute("SELECT id, digest, project_id, series_id FROM patch ORDER BY id")
        for number, own, project, series in rows:
            depends = (
                base, own, self._projects[project], s.series.get(series), s.replies["patch"].get(number),
                s.checks.get(number), s.events.get(number), s.mentions["patch"].get(number),
                s.same.get(number), s.gone["patch"].get(number), s.related.get(number),
            )  # fmt: skip
            yield Unit("patch", number, digest(depends), group=s.group.get(series, series or 0))

    def _covers(self) -> Iterator[Unit]:
        s = self._signatures
        rows = self._sql.execute("SELECT id, digest, project_id, series_id FROM cover ORDER BY id")
        for number, own, project, series in rows:
            depends = (
                self._base["cover"], own, self._projects[project], s.series.get(series),
                s.replies["cover"].get(number), s.mentions["cover"].get(number),
                s.gone["cover"].get(number),
            )  # fmt: skip
            yield Unit("cover", number, digest(depends), group=s.group.get(series, series or 0))

    def _series(self) -> Iterator[Unit]:
        s = self._signatures
        states: dict[int, hashlib.blake2b] = {}
        projects: dict[int, int] = {}
        answered: set[int] = set()
        for kind in ("cover", "patch"):
            rows = self._sql.execute(
                f"SELECT series_id, id, digest, project_id, submitter_id FROM {kind} "
                "WHERE series_id IS NOT NULL ORDER BY series_id, id"
            )
            for series, number, own, project, submitter in rows:
                state = states.setdefault(series, hashlib.blake2b(digest_size=8))
                parts = (
                    kind,
                    number,
                    own,
                    s.persons.get(submitter),
                    s.replies[kind].get(number),
                    s.mentions[kind].get(number),
                )
                checks = s.checks.get(number) if kind == "patch" else None
                state.update(repr((*parts, checks)).encode())
                projects[series] = project
                if number in s.replies[kind]:
                    answered.add(series)
        base = self._base["series"], self._base["feed"]
        rows = self._sql.execute("SELECT id, project_id FROM series WHERE project_id IS NOT NULL")
        projects |= dict(rows.fetchall())
        lines: defaultdict[int, dict[int, bytes]] = defaultdict(dict)
        made = self._made = {series: state.digest() for series, state in states.items()}
        # A series' page tells who did what for its other versions, too.
        whole = {work: [made.get(v.series) for v in versions] for work, versions in s.works.items()}
        for series in sorted(projects):
            project = self._projects[projects[series]]
            known = s.series.get(series), s.gone["series"].get(series)
            own = made.get(series), known, project
            group = s.group.get(series, series)
            lines[projects[series]][series] = digest(own)
            yield Unit("series", series, digest(base, own, whole.get(group)), group=group)
            if series in answered:
                yield Unit("thread", series, digest(self._base["thread"], own), group=group)
        yield from self._series_lists(lines)
        for versions in s.works.values():
            for key in comparison.pairs_to_show(versions):
                own = [(s.series.get(n), made.get(n)) for n in key]
                project = self._projects[projects[key[0]]]
                depends = digest(self._base["comparison"], own, project)
                yield Unit("comparison", key, depends, group=s.group[key[0]])

    def _series_lists(self, lines: dict[int, dict[int, bytes]]) -> Iterator[Unit]:
        """The lists of series, by date; `lines`: by project, what the line of each depends on."""
        dates = dict(self._sql.execute("SELECT id, coalesce(date, 0) FROM series"))
        for project, known in sorted(lines.items()):
            ordered = sorted(known.items(), key=lambda item: (dates.get(item[0], 0), item[0]))
            base = digest(self._base["series-list"], self._projects[project])
            yield from series_units(project, base, ordered, self._context.config.page_size)

    def _people(self) -> Iterator[Unit]:
        base = self._base["person"], sorted(self._projects.items())
        sums = self._signatures.people()
        rows = self._sql.execute("SELECT id, name, digest FROM person ORDER BY id").fetchall()
        names: dict[str, list[int]] = {}
        for number, name, _ in rows:
            names.setdefault(name, []).append(number)
        for number, name, own in rows:
            if number in sums:
                others = [other for other in names[name] if name and other in sums]
                yield Unit("person", number, digest(base, own, sums[number], others))

    def _home(self, listings: list[Listing]) -> Iterator[Unit]:
        shown = [(listing.project_id, listing.figures()) for listing in listings]
        shown.sort(key=lambda item: (-(item[1].last or 0), item[0]))
        rows = [listing.signature(listing.ids[-5:]) for listing in listings]
        projects = [self._projects[number] for number, _ in shown]
        yield Unit("home", (), digest(self._base["home"], shown, rows, projects), tuple(shown))
        newest = self._newest()
        signatures = [
            listing.signature([n for n in newest if n in listing]) for listing in listings
        ]
        depends = (self._base["feed"], newest, signatures, projects)
        yield Unit("feed", ("feed.atom", None), digest(depends), newest)

    def _newest(self) -> tuple[int, ...]:
        query = "SELECT id FROM patch ORDER BY date DESC, id DESC LIMIT ?"
        rows = self._sql.execute(query, (self._context.config.feed_size,))
        return tuple(row[0] for row in rows)

    def _extras(self) -> Iterator[Unit]:
        for page in self._pages:
            path = self._context.content / "pages" / f"{page.slug}.md"
            source = path if path.is_file() else self._context.theme.file(f"pages/{page.slug}.md")
            yield Unit(
                "authored", page.slug, digest(self._base["authored"], page.html), str(source)
            )
        projects = [(slug, project.name) for slug, project in all_projects(self._context.archive)]
        states = self._sql.execute("SELECT DISTINCT state FROM patch ORDER BY state").fetchall()
        if self._context.config.bulk:
            yield from self._bulk()
        yield Unit("search", (), digest(self._base["search"], projects, states))
        yield Unit("not-found", (), digest(self._base["not-found"]))
        if self._context.config.api:
            depends = digest(self._base["api"], sorted(self._projects.items()))
            yield Unit("api", (), depends)
        parts = list(self._sitemap_parts()) if self._context.config.base_url else []
        for number, entries in enumerate(parts, 1):
            yield Unit("sitemap", number, digest(self._base["sitemap"], entries), entries)
        if parts:
            depends = digest(self._base["sitemap-index"], len(parts))
            yield Unit("sitemap-index", (), depends, len(parts))
        yield Unit("robots", (), digest(self._base["robots"], bool(parts)), len(parts))

    def _bulk(self) -> Iterator[Unit]:
        """The files of everything by project and month, and the index of them."""
        s = self._signatures
        objects: defaultdict[tuple[int, str], int] = defaultdict(int)
        mails: defaultdict[tuple[int, str], int] = defaultdict(int)
        for kind, words in (("series", "0"), ("cover", "digest"), ("patch", "words")):
            where = "WHERE project_id IS NOT NULL" if kind == "series" else ""
            rows = self._sql.execute(
                f"SELECT id, digest, {words}, project_id, coalesce(date, 0) FROM {kind} {where} ORDER BY id"
            )
            for number, own, text, project, date in rows:
                key = project, urls.month(date)
                replies = s.replies[kind].get(number, 0) if kind != "series" else 0
                checks = s.checks.get(number, 0) if kind == "patch" else 0
                objects[key] = mix(mix(mix(objects[key], own), replies), checks)
                mails[key] = mix(mix(mails[key], text), replies)
        months = tuple(sorted(objects))
        for key in months:
            base = self._base["bulk"], self._projects.get(key[0])
            yield Unit("bulk", (*key, "objects"), digest(base, objects[key]))
            yield Unit("bulk", (*key, "mails"), digest(base, mails[key]))
        depends = (self._base["bulk-index"], sorted(objects.items()), sorted(mails.items()))
        yield Unit("bulk-index", (), digest(depends, sorted(self._projects.items())), months)

    def _collections(self) -> Iterator[Unit]:
        """The pages of the API's collections."""
        for kind in api_collections.NAMES:
            rows = self._sql.execute(f"SELECT id, digest, project_id FROM {kind} ORDER BY id")
            for count in itertools.count(1):
                members = rows.fetchmany(api_collections.PER_PAGE)
                if not members and count > 1:
                    break
                projects = {row[2]: self._projects.get(row[2]) for row in members}
                # A series that is known from its patches alone is told by these.
                told = [self._made.get(row[0]) for row in members] if kind == "series" else ()
                depends = digest(self._base["api-collection"], members, projects, told)
                yield Unit(
                    "api-collection", (kind, count), depends, tuple(row[0] for row in members)
                )

    def _numbers(self) -> Iterator[Unit]:
        """The files by which numbers are looked up, by kind and thousand."""
        projects = dict(self._sql.execute("SELECT id, slug FROM project"))
        tables = {
            "patch": "SELECT id, project_id, slug FROM patch ORDER BY id",
            "cover": "SELECT id, project_id, slug FROM cover ORDER BY id",
            "comment": "SELECT c.id, parent_kind, parent_id, coalesce(p.project_id, q.project_id), "
            "coalesce(p.slug, q.slug) FROM comment c "
            "LEFT JOIN patch p ON parent_kind = 'patch' AND p.id = parent_id "
            "LEFT JOIN cover q ON parent_kind = 'cover' AND q.id = parent_id ORDER BY c.id, parent_kind",
            "person": "SELECT id, name, email FROM person ORDER BY id",
        }
        for kind, query in tables.items():
            rows = self._sql.execute(query)
            for part, stretch in itertools.groupby(rows, lambda row: row[0] // id_lookup.PER_FILE):
                state = hashlib.blake2b(digest_size=8)
                for row in stretch:
                    state.update(repr(row).encode("utf-8", "replace"))
                depends = (self._base["id-lookup"], projects, state.digest())
                yield Unit("id-lookup", (kind, part), digest(depends))

    def _sitemap_parts(self) -> Iterator[tuple[tuple[str, int | None], ...]]:
        """The pages' URLs in stretches of the protocol's limit: growing kinds last, so that few change."""
        part: list[tuple[str, int | None]] = [("", None)]
        part += [(f"{page.slug}/", None) for page in self._pages]
        slugs = {}
        for number, slug in self._sql.execute("SELECT id, slug FROM project ORDER BY id"):
            slugs[number] = slug
            part += [
                (urls.project(slug), None),
                (urls.facet(slug, "list"), None),
                (urls.series_list(slug), None),
            ]
        for kind in ("cover", "patch"):
            rows = self._sql.execute(f"SELECT project_id, slug, date FROM {kind} ORDER BY id")
            for project, slug, date in rows:
                part.append((urls.mail(kind, slugs[project], slug), date))
                if len(part) == sitemap.SITEMAP_URLS:
                    yield tuple(part)
                    part = []
        yield tuple(part)


def code_digest() -> bytes:
    """A digest of this package's own code: another Stillwork may make other pages."""
    state = hashlib.blake2b(digest_size=8)
    for path in sorted(Path(generator.__file__).parent.rglob("*.py")):
        state.update(path.read_bytes())
    return state.digest()
