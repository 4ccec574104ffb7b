"""Brings the output level with the archive: renders what changed, in stages, on several processes."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from generator.config import Config
from generator.errors import StillworkError
from generator.reporter import Reporter
from generator.search import index
from generator.site import output
from generator.site.kinds import KINDS, Unit
from generator.site.output import Made, Manifest
from generator.site.pages import markdown
from generator.site.pages.context import Context
from generator.site.plan import Plan, code_digest
from generator.site.precompress import with_packed
from generator.site.render import Renderer, Theme
from generator.site.servers import configurations
from generator.site.signatures import digest
from generator.store import lineage, queries
from generator.store.archive import Archive

#: Units that one task of a worker makes: enough to outweigh the hand-over.
_BATCH = 64
#: With fewer units than this, starting workers costs more than it saves.
_MIN_FOR_WORKERS = 300

#: An archive with so many patches can have a page for each number that leads on.
_SMALL = 10_000

#: What an odd object could bring about in a page; it costs that page, not the build.
_FAULTS = (
    StillworkError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    RecursionError,
    TemplateError,
)

#: name, digest, files, how many of them had to be written, what the unit counted.
Result = tuple[str, bytes, list[Made], int, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Paths:
    """Where a build reads and writes. `archive` is the store's file."""

    content: Path
    archive: Path
    output: Path


@dataclass
class Report:
    """What a build did, in files by kind of unit."""

    written: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    removed: int = 0
    #: How long each stage took.
    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


def open_context(paths: Paths, config: Config) -> Context:
    """Everything that rendering needs, for one process. The archive is opened for reading."""
    archive = Archive(paths.archive, read_only=True)
    theme = Theme(config.theme, paths.content)
    site = {"config": config, "nav": _navigation(paths.content, theme)}
    cache = paths.output / output.PRIVATE / "templates"
    cache.mkdir(parents=True, exist_ok=True)
    patches = archive.sql.execute("SELECT count(*) FROM patch").fetchone()[0]
    has_redirects = {"files": True, "rules": False}.get(config.redirects, patches <= _SMALL)
    renderer = Renderer(theme, site, cache)
    return Context(archive, config, theme, renderer, paths.content, paths.output, has_redirects)


def _pages(content: Path, theme: Theme) -> list[markdown.Page]:
    return markdown.read_all(content, theme.file("pages/about.md"))


def _navigation(content: Path, theme: Theme) -> list[tuple[str, str]]:
    return [(f"{p.slug}/", p.title) for p in _pages(content, theme) if p.nav is not None]


class Build:
    """One run. `run()` makes what differs from the manifest and removes what vanished."""

    def __init__(self, paths: Paths, config: Config, reporter: Reporter, *, jobs: int = 0) -> None:
        self._paths = paths
        self._config = config
        self._reporter = reporter
        self._jobs = jobs or os.cpu_count() or 1
        self.report = Report()
        with ExitStack() as stack:
            stack.enter_context(output.claimed(paths.output))
            with Archive(paths.archive) as archive:
                lineage.bring_up(archive)
            self._context = open_context(paths, config)
            stack.callback(self._context.archive.close)
            self._manifest = Manifest(paths.output)
            stack.callback(self._manifest.close)
            self._resources = stack.pop_all()

    def __enter__(self) -> Build:
        return self

    def __exit__(self, *exc: object) -> None:
        self._resources.close()

    def run(self, *, full: bool = False) -> Report:
        """Build. `full` makes everything again, whatever the manifest says."""
        _spare_the_collector()
        whole = self._whole()
        # Somebody emptied the folder, but not its hidden one: what the manifest says is void.
        full = full or not (self._paths.output / "index.html").exists()
        if not full and self._manifest.whole() == whole:
            return self.report
        self._manifest.set_whole(None)
        known = {} if full else self._manifest.units()
        every = set(known) if not full else set(self._manifest.units())
        pages = _pages(self._paths.content, self._context.theme)
        todo: dict[int, list[Unit]] = {}
        with self._timed("plan"):
            for unit in Plan(self._context, pages).units():
                name = unit.name
                every.discard(name)
                if known.get(name) == unit.digest:
                    self.report.kept[unit.kind] += 1
                else:
                    todo.setdefault(KINDS[unit.kind].stage, []).append(unit)
        every -= self._static(known)
        with self._executor(sum(map(len, todo.values()))) as executor:
            for stage in sorted(todo):
                with self._timed(_STAGES[stage]):
                    todo[stage].sort(key=lambda unit: unit.group)
                    self._stage(stage, todo[stage], executor)
            with self._timed("search index"):
                self._index(executor)
        with self._timed("clearing away"):
            self.report.removed = self._manifest.sweep(self._paths.output, sorted(every))
        if not self.report.failed:
            self._manifest.set_whole(whole)
        return self.report

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.report.seconds[stage] = round(time.perf_counter() - start, 3)

    def _whole(self) -> bytes:
        """A digest of all that a site is made from. If it is the same, so would be every page."""
        theme = self._context.theme
        sources = [path for folder in theme.folders for path in sorted(folder.rglob("*"))]
        sources += sorted((self._paths.content / "pages").rglob("*"))
        texts = [(str(path), path.read_bytes()) for path in sources if path.is_file()]
        revision = self._context.archive.revision()
        return digest(revision, self._config.digest(), code_digest(), texts)

    def _index(self, executor: Executor) -> None:
        """The search index; what leads to it, its entry file, is written last of all."""
        patches = self._context.archive.sql.execute("SELECT count(*) FROM patch").fetchone()[0]
        self._reporter.stage("search index", patches)
        written = index.update(
            self._context.archive, self._paths.archive, self._paths.output,
            output.temporary_folder(self._paths.output), executor, self._reporter.advance,
        )  # fmt: skip
        self.report.written["search"] += len(written)

    def _executor(self, units: int) -> Executor:
        args = (self._paths, self._config)
        if self._jobs == 1 or units < _MIN_FOR_WORKERS:
            return _Inline(self._context, self._paths.output)
        method = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._jobs, method, initializer=_start_worker, initargs=args)

    def _stage(self, stage: int, units: list[Unit], executor: Executor) -> None:
        self._reporter.stage(_STAGES[stage], len(units))
        pending: set[Future[list[Result | str]]] = set()
        batches = _batches(units)
        try:
            while True:
                for batch in batches:
                    pending.add(executor.submit(_make, batch))
                    if len(pending) >= self._jobs * 3:
                        break
                if not pending:
                    break
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    self._record(future.result())
        finally:
            for future in pending:
                future.cancel()
            self._manifest.commit()

    def _record(self, results: list[Result | str]) -> None:
        for result in results:
            if isinstance(result, str):
                self.report.failed.append(result)
                self._reporter.failure(result)
                continue
            name, value, files, written, tally = result
            kind = name.partition(":")[0]
            self._manifest.record(name, value, files, tally)
            self.report.written[kind] += written
            self.report.kept[kind] += len(files) - written
        self._manifest.commit()
        self._reporter.advance(len(results))

    def _static(self, known: dict[str, bytes]) -> set[str]:
        """The theme's files and the server configurations; the names of their units."""
        files = {
            f"static/{n}": p.read_bytes() for n, p in self._context.theme.static_files().items()
        }
        packed = self._config.precompress
        files = with_packed(files) if packed else files
        projects = [slug for slug, _ in queries.projects(self._context.archive)]
        files |= {
            f"{output.PRIVATE}/server/{n}": c
            for n, c in configurations(projects, packed=packed).items()
        }
        names = set()
        for path, content in files.items():
            name = f"static:{path!r}"
            names.add(name)
            value = digest(content)
            if known.get(name) != value or not (self._paths.output / path).exists():
                made, written = output.write(self._paths.output, path, content)
                self._record([(name, value, [made], int(written), {})])
        return names


_STAGES = {1: "patches and series", 2: "lists", 3: "pages", 4: "feeds and home"}


def _batches(units: list[Unit]) -> Iterator[list[Unit]]:
    for at in range(0, len(units), _BATCH):
        yield units[at : at + _BATCH]


class _Inline(Executor):
    """Runs tasks at once, in this process."""

    def __init__(self, context: Context, target: Path) -> None:
        _worker["context"], _worker["output"] = context, target

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


#: What a worker process keeps between its tasks; set once when it starts.
_worker: dict[str, Any] = {}


def _spare_the_collector() -> None:
    """Pages leave hardly any circles behind; to look for them at every 700 objects is a tenth of the time."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _start_worker(paths: Paths, config: Config) -> None:
    _spare_the_collector()
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl+C is for the process that gives out the work
    _worker["context"], _worker["output"] = open_context(paths, config), paths.output


def _make(units: list[Unit]) -> list[Result | str]:
    """Make some units; a line for each one that can't be made, which stops no other."""
    context: Context = _worker["context"]
    target: Path = _worker["output"]
    results: list[Result | str] = []
    for unit in units:
        context.tally.clear()
        try:
            files = KINDS[unit.kind].make(context, unit.key, unit.payload)
            files = with_packed(files) if context.config.precompress else files
            pairs = [output.write(target, path, content) for path, content in files.items()]
        except _FAULTS as error:
            results.append(f"{unit.name}: {type(error).__name__}: {error}")
            continue
        made = [pair[0] for pair in pairs]
        tally = {name: count for name, count in context.tally.items() if count}
        results.append((unit.name, unit.digest, made, sum(pair[1] for pair in pairs), tally))
    return results
