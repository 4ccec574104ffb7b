"""Brings the output up to date with the archive: renders what changed, in stages, on several processes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from generator import durable
from generator.archive import (
    index_queries,
    maintainers,
    planning,
    series_versions,
    server_clock,
)
from generator.archive.database import Archive
from generator.archive.projects import all_projects
from generator.config import Config
from generator.errors import Failure
from generator.privacy import rules
from generator.progress import Reporter
from generator.search import publish
from generator.servers import configurations
from generator.site import batches, executors, safeguards
from generator.site import files as output
from generator.site.build_context import Files
from generator.site.executors import Paths, Result
from generator.site.fingerprints import digest
from generator.site.manifest import Manifest
from generator.site.pages import authored
from generator.site.plan import code_digest
from generator.site.precompress import require_modules, with_packed
from generator.site.published_input import published_input
from generator.site.registry import Part, Stage, Unit, kinds
from generator.site.safeguards import Allowed
from generator.site.stale import STATIC, stale
from generator.site.theme import Theme
from generator.site.workers import WorkerLost

#: With fewer units than this, starting workers costs more than it saves.
_MIN_FOR_WORKERS = 300
#: With fewer patches than this, so does planning with two processes.
_MIN_FOR_PLANNERS = 15_000
#: Seconds after which what was written is put on disk for good: what the build after a crash has to check.
_FLUSH_EVERY = 30.0


@dataclass
class Report:
    """What a build did, in files by kind of unit."""

    written: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    removed: int = 0
    #: How long each stage took.
    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    #: What the site consists of after the build: patches, files, their bytes.
    patches: int = 0
    site_files: int = 0
    site_bytes: int = 0


def require_buildable(paths: Paths, config: Config, allowed: Allowed, cluster: str = "") -> None:
    """Raise ConfigError where folders, theme or own pages can't be built; writes nothing.

    The cluster has to answer even for a build that is too small to use it: its address may be mistyped.
    """
    safeguards.require_separate(paths.content, paths.output)
    safeguards.claim(paths.output, adopt=allowed.adopt)
    if not (allowed.empty or paths.archive.exists() or (paths.content / "patches").is_dir()):
        safeguards.require_empty(paths.output)
    authored.read_all(paths.content, Theme(config.theme, paths.content))
    require_modules(config.precompress)
    rules.load(paths.content, config.show_addresses)
    if cluster:
        with executors.cluster(cluster):
            pass


class Build:
    """One run. `run()` makes what differs from the manifest and removes what vanished."""

    def __init__(
        self,
        paths: Paths,
        config: Config,
        reporter: Reporter,
        *,
        jobs: int = 0,
        cluster: str = "",
        allowed: Allowed = safeguards.NOTHING,
    ) -> None:
        """`jobs`: processes, one a core if 0; `cluster`: a Dask scheduler's address instead of these.

        Raises ConfigError where `output` isn't a site's folder, unless that is `allowed`.
        """
        safeguards.require_separate(paths.content, paths.output)
        self._paths = paths
        self._config = config
        self._rules = rules.load(paths.content, config.show_addresses)
        self._reporter = reporter
        self._jobs = jobs or executors.cores()
        self._cluster = cluster
        self._allowed = allowed
        self._job: executors.Job = paths, config
        self._flushed = time.monotonic()
        self.report = Report()
        require_modules(config.precompress)
        self._is_finished = False
        self._foreign = safeguards.claim(paths.output, adopt=allowed.adopt)
        with ExitStack() as stack:
            stack.enter_context(output.locked(paths.output))
            safeguards.remember(paths.output, self._foreign)
            stack.callback(self._report_replaced)
            with Archive(paths.archive):
                pass  # brings it to the newest form
            self._read_maintainers()
            self._paths, self._config = published_input(
                paths, config, self._rules, self._reporter.line
            )
            self._job = self._paths, self._config
            self._context = executors.open_context(self._job)
            stack.callback(self._context.archive.close)
            self._manifest = Manifest(paths.output)
            stack.callback(self._manifest.close)
            self._resources = stack.pop_all()

    def __enter__(self) -> Build:
        return self

    def __exit__(self, *exc: object) -> None:
        self._resources.close()

    def _read_maintainers(self) -> None:
        """Name what is wrong with MAINTAINERS files, and note what they are."""
        with Archive(self._paths.archive, read_only=True) as archive:
            found, faults = maintainers.read(archive, self._config, self._paths.content)
        for line in faults:
            self._reporter.failure(line)
        self._maintainers = digest([(number, one.subsystems) for number, one in found.items()])

    def _report_replaced(self) -> None:
        target, foreign = self._paths.output, self._foreign
        for line in safeguards.replaced(target, foreign):
            self._reporter.failure(line)
        left = {} if self._is_finished else safeguards.untouched(target, foreign)
        safeguards.remember(target, left)

    def run(self, *, full: bool = False) -> Report:
        """Build the site. `full` rebuilds everything, whatever the manifest says.

        Raises ConfigError, and changes nothing, where much of the site would vanish.
        """
        executors.spare_the_collector()
        # Somebody emptied the folder, but not its hidden one: what the manifest says is void.
        full = full or self._manifest.is_void(self._paths.output)
        if not full and self._manifest.whole() == self._whole():
            return self.report
        self._manifest.doubt_unflushed(self._paths.output)
        with ExitStack() as stack:
            executor = stack.enter_context(self._early_executor())
            with self._timed("versions"), Archive(self._paths.archive) as archive:
                series_versions.refresh(archive)
                server_clock.refresh(archive)
            whole = self._whole()
            durable.flush(self._paths.archive.parent)  # pages never show what a crash could undo
            with self._timed("plan"):
                todo, vanished = self._stale(executor, full=full)
            archive, made = self._context.archive, self._manifest
            safeguards.require_likely(archive, made, self._paths.output, vanished, self._allowed)
            made.begin(archive.revision()[0])
            vanished |= self._static(full=full)
            units = sum(map(len, todo.values()))
            executor = executor or stack.enter_context(self._executor(units))
            for stage in Stage:
                if stage is Stage.ENTRY_POINTS:
                    with self._timed("search index"):
                        self._index(executor)
                if stage in todo:
                    with self._timed(stage.label):
                        self._stage(stage, todo[stage], executor)
        with self._timed("clearing away"):
            self.report.removed = self._manifest.sweep(self._paths.output, sorted(vanished))
            self._flush()
        self._measure()
        if not self.report.failed:
            self._is_finished = True
            self._manifest.set_whole(whole)
        return self.report

    def _measure(self) -> None:
        """Note how large the site has become."""
        index = [
            (self._paths.output / path).stat().st_size
            for path in publish.published(self._paths.output)
        ]
        files, size = self._manifest.size()
        self.report.patches = planning.patch_count(self._context.archive)
        self.report.site_files, self.report.site_bytes = files + len(index), size + sum(index)

    def _stale(
        self, executor: Executor | None, *, full: bool
    ) -> tuple[dict[Stage, list[Unit]], set[str]]:
        """The units to be made, by stage, and the names of those that no longer exist."""
        first, *others = Part
        pending = {
            part: executor.submit(executors.find_stale, self._job, part, full)
            for part in others
            if executor
        }
        plans = [stale(self._context, first, full=full)]
        for part in others:
            run = pending.get(part)
            try:
                plans.append(run.result() if run else stale(self._context, part, full=full))
            except WorkerLost:
                plans.append(stale(self._context, part, full=full))
        todo: dict[Stage, list[Unit]] = {}
        for plan in plans:
            self.report.kept += plan.kept
            for unit in plan.todo:
                todo.setdefault(kinds()[unit.kind].stage, []).append(unit)
        return todo, {name for plan in plans for name in plan.vanished}

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
        feeds = sorted(self._config.feeds.items())
        left_out = self._rules.encoded()
        parts = self._config.digest(), feeds, code_digest(), self._maintainers
        return digest(revision, *parts, texts, left_out)

    def _index(self, executor: Executor) -> None:
        """The search index, when what it leads to is there, and before what leads to it."""
        mails = index_queries.mail_count(self._context.archive)
        self._reporter.stage("search index", mails)
        paths, _ = self._job
        written = publish.update(
            self._context.archive, paths.archive, paths.output,
            output.temporary_folder(paths.output), executor, self._reporter.advance,
            failed=self._fail, open_states=self._config.open_states,
            stale_days=self._config.stale_days,
            keep_before=not self._rules,  # it may hold what is left out since
        )  # fmt: skip
        self.report.written["search"] += len(written)

    @contextmanager
    def _early_executor(self) -> Iterator[Executor | None]:
        """Processes from the start, where planning alone is worth several; else None.

        They get ready while this one looks for versions.
        """
        patches = planning.patch_count(self._context.archive)
        if patches < _MIN_FOR_PLANNERS or self._jobs == 1 or self._cluster:
            yield None
        else:
            with executors.processes(self._jobs, self._paths) as executor:
                for _ in range(self._jobs):
                    executor.submit(executors.prepare, self._job)
                yield executor

    @contextmanager
    def _executor(self, units: int) -> Iterator[Executor]:
        """The executor for so many units. For few of them, starting workers costs more than it saves."""
        if units < _MIN_FOR_WORKERS or (self._jobs == 1 and not self._cluster):
            yield executors.Inline(self._job, self._context)
        elif self._cluster:
            with (
                executors.cluster(self._cluster) as (executor, threads),
                self._copied_archive() as copy,
            ):
                here = self._paths
                there = Paths(here.content.absolute(), copy.absolute(), here.output.absolute())
                self._jobs, self._job = threads, (there, self._config)
                yield executor
        else:
            with executors.processes(self._jobs, self._paths) as executor:
                yield executor

    @contextmanager
    def _copied_archive(self) -> Iterator[Path]:
        """A copy of the archive that other machines can read: its own journal works on one alone."""
        copy = output.temporary_folder(self._paths.output) / "archive.db"
        copy.unlink(missing_ok=True)
        self._context.archive.copy_to(copy)
        yield copy
        copy.unlink()

    def _stage(self, stage: Stage, units: list[Unit], executor: Executor) -> None:
        self._reporter.stage(stage.label, len(units))
        units.sort(key=lambda unit: unit.group)
        note = self._reporter.line
        for made in batches.results(units, executor, self._job, self._jobs, note):
            self._record(made)
        self._flush()

    def _record(self, results: Sequence[Result | Failure]) -> None:
        for result in results:
            if isinstance(result, Failure):
                self._fail(result)
                continue
            name, value, files, written, tally = result
            kind = name.partition(":")[0]
            self._manifest.record(name, value, files, tally)
            self.report.written[kind] += written
            self.report.kept[kind] += len(files) - written
        self._manifest.commit()
        self._reporter.advance(len(results))
        if time.monotonic() - self._flushed > _FLUSH_EVERY:
            self._flush()

    def _fail(self, failure: Failure) -> None:
        self.report.failed.append(failure.line)
        self._reporter.failure(failure.line)
        self._reporter.traceback(failure.traceback)

    def _flush(self) -> None:
        """Flush all written files to disk, and note in the manifest that they need no check."""
        durable.flush(self._paths.output)
        self._manifest.set_flushed()
        self._flushed = time.monotonic()

    def _static(self, *, full: bool) -> set[str]:
        """Write the theme's files and the server configurations; the names of units that no longer exist."""
        known = self._manifest.units({STATIC})
        files: Files = {f"static/{n}": c for n, c in self._context.theme.static_contents().items()}
        packed = self._config.precompress
        files = with_packed(files, packed)
        projects = [slug for slug, _ in all_projects(self._context.archive)]
        files |= {
            f"{output.PRIVATE}/server/{n}": c for n, c in configurations(projects, packed).items()
        }
        for path, content in files.items():
            name = f"{STATIC}:{path!r}"
            value = digest(content)
            before = known.pop(name, None)
            if full or before != value or not (self._paths.output / path).exists():
                made, written = output.write(self._paths.output, path, content)
                self._record([(name, value, [made], int(written), {})])
        return set(known)
