"""Where units are made: in this process, in several, or on a cluster, always through an Executor.

Workers get units' names and digests, and read the archive themselves; nothing else is handed over.
"""

from __future__ import annotations

import errno
import gc
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from generator.archive.database import Archive
from generator.config import Config
from generator.disk_errors import describe, is_of_disk
from generator.errors import ConfigError, Failure, StorageError
from generator.limits import ceiling
from generator.site import files as output
from generator.site.build_context import Context, Files
from generator.site.files import Made
from generator.site.pages import authored
from generator.site.plan import code_digest
from generator.site.precompress import with_packed
from generator.site.published import Published
from generator.site.registry import CollectionKind, Part, Unit, kinds
from generator.site.stale import Stale, stale
from generator.site.templates import Renderer
from generator.site.theme import Theme
from generator.site.workers import WorkerLost, Workers, exit_if_orphaned

#: How long a cluster's scheduler may take to answer.
CONNECT_SECONDS = 10

#: Errors of the disk that every other unit would meet as well.
_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}

#: name, digest, files, how many of them had to be written, what the unit counted.
Result = tuple[str, bytes, list[Made], int, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Paths:
    """Where a build reads and writes. `archive` is the store's file."""

    content: Path
    archive: Path
    output: Path


#: All that a worker has to know before it begins.
Job = tuple[Paths, Config]


def open_context(job: Job) -> Context:
    """Everything that rendering needs, for one thread. The archive is opened for reading."""
    paths, config = job
    archive = Archive(paths.archive, read_only=True)
    theme = Theme(config.theme, paths.content)
    site = {"config": config, "nav": _navigation(paths.content, theme)}
    cache = paths.output / output.PRIVATE / "templates"
    cache.mkdir(parents=True, exist_ok=True)
    renderer = Renderer(theme, site, cache)
    return Context(archive, config, theme, renderer, paths.content, paths.output)


def _navigation(content: Path, theme: Theme) -> list[tuple[str, str]]:
    pages = authored.read_all(content, theme)
    return [(f"{page.slug}/", page.title) for page in pages if page.nav is not None]


class Inline(Executor):
    """Runs tasks at once, in this thread."""

    def __init__(self, job: Job, context: Context) -> None:
        _here.job, _here.context = job, context

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def processes(count: int, paths: Paths) -> Executor:
    """So many processes on this machine."""
    return Workers(count, output.workers_lock(paths.output), spare_the_collector)


def spare_the_collector() -> None:
    """Collect garbage less often: pages leave few cycles, and the default costs a tenth of the time."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """The workers of a Dask scheduler, and how many tasks they can do at a time.

    Raises ConfigError where it can't be reached, has no workers, or these run another Stillwork.
    A task whose worker dies is done again by another one, three times at most; then it fails with WorkerLost.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise ConfigError("--cluster needs the extra: pip install 'stillwork[cluster]'") from error
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{address}: no scheduler answers there: {error}") from error
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise ConfigError(f"{address}: the scheduler has no workers")
        mine = code_digest()
        others = {name for name, value in client.run(code_digest).items() if value != mine}
        if others:
            raise ConfigError(f"{', '.join(sorted(others))}: this worker has another Stillwork")
        yield _Cluster(client.get_executor(pure=False), distributed.KilledWorker), threads


class _Cluster(Executor):
    """Dask's executor, whose lost workers are told as those of this machine are."""

    def __init__(self, executor: Executor, killed: type[Exception]) -> None:
        self._executor = executor
        self._killed = killed

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def pass_on(done: Future[Any]) -> None:
            if done.cancelled() or not future.set_running_or_notify_cancel():
                return
            error = done.exception()
            if isinstance(error, self._killed):
                error = WorkerLost("died, as three others did before")
            future.set_exception(error) if error else future.set_result(done.result())

        self._executor.submit(fn, *args, **kwargs).add_done_callback(pass_on)
        return future


#: What a thread of a worker keeps between its tasks.
_here = threading.local()


def make(job: Job, units: list[Unit]) -> list[Result | Failure]:
    """Make some units; one that can't be made stops no other."""
    context = _context(job)
    results = []
    with context.archive.snapshot():
        for unit in units:
            exit_if_orphaned()
            results.append(_make(context, unit))
    return results


def find_stale(job: Job, part: Part, full: bool) -> Stale:
    """Work out a part of the plan, and what of it has to be made."""
    return stale(_context(job), part, full=full)


def prepare(job: Job) -> None:
    """Open what later tasks need."""
    _context(job)


def _context(job: Job) -> Context:
    if getattr(_here, "job", None) != job:
        _here.context = open_context(job)
        _here.job = job
    context: Context = _here.context
    return context


def _make(context: Context, unit: Unit) -> Result | Failure:
    """Guard each unit: an error in it costs this unit alone, whose old files stay."""
    context.tally.clear()
    config = context.config
    try:
        with ceiling(config.unit_seconds, config.unit_memory_mb):
            files = _files(context, unit)
            files = with_packed(files, config.precompress)
            pairs = [output.write(context.output, path, content) for path, content in files.items()]
    except Exception as error:  # an object of a stranger may bring about any
        if isinstance(error, StorageError):
            raise  # no other page can be written either
        if isinstance(error, OSError) and is_of_disk(error):
            raise StorageError(describe(error, context.output)) from error
        return Failure.of(unit.name, error)
    made = [pair[0] for pair in pairs]
    tally = {name: count for name, count in context.tally.items() if count}
    return unit.name, unit.digest, made, sum(pair[1] for pair in pairs), tally


def _files(context: Context, unit: Unit) -> Files:
    kind = kinds()[unit.kind]
    if isinstance(kind, CollectionKind):
        return kind.make(context, Published(context.output), unit.key, unit.payload)
    return kind.make(context, unit.key, unit.payload)


def cores() -> int:
    """How many processes are worth starting."""
    return os.cpu_count() or 1
