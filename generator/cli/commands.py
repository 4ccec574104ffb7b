"""The commands: they parse, call and report. What they do lives in other packages.

Each command imports what it needs when it runs: importing thousands of patches needs no template engine.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import click

from generator import __version__
from generator.archive.database import Archive
from generator.cli.options import Session, program_options, shared_options
from generator.cli.reports import counted, report_build, report_import
from generator.errors import ConfigError, StillworkError
from generator.sources.importer import Importer, ImportSummary

STRICT = click.option("--strict", is_flag=True, help="Exit with 1 when objects were skipped.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@program_options
@click.version_option(__version__, prog_name="stillwork")
def commands(**_: Any) -> None:
    """Turn a Patchwork instance into a static, searchable archive."""


@commands.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@shared_options()
def init(session: Session, folder: Path) -> None:
    """Make a content folder with a sample archive.

    DIR gets a commented site.toml, a page and the sample. It must be empty or not exist yet.
    """
    from generator.cli import content_folder

    content_folder.create(folder)
    session.terminal.line(f"{folder}: ready; `stillwork --content {folder} build` builds it")


@commands.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@STRICT
@shared_options("content")
def import_(session: Session, paths: tuple[str, ...], strict: bool) -> None:
    """Read objects of Patchwork's API into the archive.

    A PATH is a file with JSON objects or arrays, JSON Lines or saved pages of the browsable API, each
    also compressed (.gz, .zst); a folder of these; or - for standard input.
    """
    for path in paths:
        if path != "-" and not os.path.lexists(path):
            raise ConfigError(f"{path}: no such file or folder")
    with session.archive(create=True) as archive:
        summary = _import(session, archive, [Path(path) for path in paths], only_new=False)
    report_import(session.terminal, summary)
    if summary.failed or (strict and summary.skipped):
        sys.exit(1)


@commands.command()
@click.argument("url", required=False)
@click.option(
    "--project", "projects", multiple=True, metavar="NAME",
    help="A project's link name, list id or number; may be repeated.  [default: all]",
)  # fmt: skip
@click.option(
    "--since", metavar="DATE", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Skip older mails in the first pull of a project.",
)  # fmt: skip
@click.option("--full", is_flag=True, help="Fetch everything again and report differences.")
@click.option("--relist", is_flag=True, help="Rescan the full lists now, not only once a week.")
@click.option("--prune", is_flag=True, help="Delete objects that the server no longer has.")
@click.option(
    "--connections",
    metavar="N",
    type=click.IntRange(1, 16),
    help="Concurrent requests.  [default: 4]",
)
@click.option("--rate", help="Highest rate of requests, such as 5/s or 120/m.")
@click.option("--moved", is_flag=True, help="URL is the new address of the same server.")
@STRICT
@shared_options("content")
def pull(session: Session, url: str | None, strict: bool, **options: Any) -> None:
    """Sync the archive with the Patchwork server at URL.

    The first pull fetches everything, later ones only what changed. URL defaults to the one in
    site.toml. A server that needs an API token gets it from STILLWORK_TOKEN or site.toml.
    """
    from generator import config
    from generator.sources.patchwork import command

    if not url:
        session.require_content()  # its site.toml names the server
    settings = config.load(session.content)
    with session.archive(create=True) as archive, session.terminal.progress():
        skipped = command.pull(archive, settings, session.terminal, url, **options)
    if strict and skipped:
        sys.exit(1)


@commands.command()
@click.argument("patch")
@click.option("--state", help="State, such as accepted, rejected or under-review.")
@click.option("--delegate", metavar="USER", help="User name, address or number; '' for nobody.")
@click.option("--archived/--no-archived", default=None, help="Hide from lists, or show there.")
@click.option("--commit-ref", metavar="COMMIT", help="Commit that the patch became; '' for none.")
@click.option("--pull-url", metavar="URL", help="Where to pull the patch from; '' for none.")
@click.option("--reset", is_flag=True, help="Remove local overrides.")
@shared_options("content")
def update(session: Session, patch: str, reset: bool, **options: Any) -> None:
    """Change a PATCH in this archive only; the next build shows it.

    PATCH is a number, a message id or the URL of a patch page. The change is kept in updates/ of the
    content folder and survives later pulls.
    """
    from generator.sources import overrides

    fields = {key: value for key, value in options.items() if value is not None}
    if not fields and not reset:
        raise click.UsageError("nothing to change: give --state, --delegate, … or --reset")
    folder = session.content / "updates"
    with session.archive() as archive:
        number = overrides.find(archive, patch)
        if reset and not overrides.reset(folder, number) and not fields:
            raise ConfigError(f"patch {number} has no local overrides in {folder}")
        if fields:
            path = overrides.write(archive, folder, number, fields)
            session.terminal.detail(f"{path} written")
        overrides.apply(archive, folder, session.terminal.failure)
        description = overrides.describe(archive, number)
    session.terminal.line(f"patch {number}: {description}")


@commands.command()
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    help="Processes.  [default: one per core]",
)
@click.option(
    "--cluster", default="", metavar="ADDRESS", help="Dask scheduler whose workers build."
)
@click.option("--full", is_flag=True, help="Rebuild everything.")
@click.option("--timings", is_flag=True, help="Print counts and durations as JSON.")
@click.option(
    "--allow-empty",
    is_flag=True,
    help="Let an empty archive, or another one, take the place of the site's.",
)
@click.option(
    "--allow-removals",
    is_flag=True,
    help="Let more than a tenth of the patches' pages (and at least 100) vanish.",
)
@click.option(
    "--adopt", is_flag=True, help="Take over an output folder with files that no build made."
)
@STRICT
@shared_options("content", "output")
def build(
    session: Session, jobs: int, cluster: str, full: bool, strict: bool, timings: bool,
    allow_empty: bool, allow_removals: bool, adopt: bool,
) -> None:  # fmt: skip
    """Import new files, then build what changed.

    New or changed files in patches/ of the content folder are imported. Pages and downloads that
    depend on nothing that changed are left alone. A build that looks like a mistake is refused.
    """
    from generator import config
    from generator.site import manifest
    from generator.site.build import Build, Report
    from generator.site.executors import Paths
    from generator.site.safeguards import Allowed, require_separate
    from generator.sources import overrides

    session.require_content()
    require_separate(session.content, session.output)
    settings, terminal = config.load(session.content), session.terminal
    patches = session.content / "patches"
    with session.archive(create=True) as archive:
        inputs = [patches] if patches.is_dir() else []
        summary = _import(session, archive, inputs, only_new=True)
        outcome = overrides.apply(archive, session.content / "updates", terminal.failure)
    terminal.detail(f"{counted(summary.unchanged, 'file')} in {patches} unchanged")
    if summary.files:
        report_import(terminal, summary)
    paths = Paths(session.content, session.archive_path, session.output)
    allowed = Allowed(allow_empty, allow_removals, adopt)

    def make() -> Report:
        build = Build(paths, settings, terminal, jobs=jobs, cluster=cluster, allowed=allowed)
        with build as run, terminal.progress():
            return run.run(full=full)

    try:
        report = make()
    except manifest.DamagedManifest as error:
        terminal.failure(f"{error}; made anew, so that every file is built again")
        manifest.renew(session.output)
        report = make()
    report_build(terminal, session.output, report)
    if timings:
        click.echo(json.dumps(vars(report)))
    if report.failed or summary.failed or (strict and (summary.skipped or outcome.skipped)):
        sys.exit(1)


@commands.command()
@click.argument("query")
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=0), default=20, show_default=True,
    help="Results to print; 0 for all.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.option("--count", "only_count", is_flag=True, help="Print the number of results only.")
@click.option("--relevance", is_flag=True, help="Sort by relevance, not by date.")
@shared_options("output")
def search(
    session: Session, query: str, limit: int, as_json: bool, only_count: bool, relevance: bool
) -> None:
    """Search the index of the site.

    Results are the same as in the browser.
    """
    from generator import urls
    from generator.search import evaluator, index_reader

    index = index_reader.Index(session.output)
    results = evaluator.search(index, query, limit=limit or index.docs, by_relevance=relevance)
    if only_count:
        click.echo(results.total)
        return
    for hit in results.hits:
        url = urls.patch(hit.project, hit.slug)
        if as_json:
            date = urls.moment(hit.date).strftime("%Y-%m-%dT%H:%M:%S")
            item = {"id": hit.id, "msgid": hit.msgid, "name": hit.name, "date": date,
                    "submitter": hit.submitter, "state": hit.state, "project": hit.project,
                    "series": hit.series, "url": url}  # fmt: skip
            click.echo(json.dumps(item, ensure_ascii=False))
        else:
            click.echo(f"{urls.day(hit.date)}  {hit.name}  ({hit.submitter}, {hit.state})")
            click.echo(f"    {url}")
    if not as_json:
        session.terminal.line(counted(results.total, "result"))


@commands.command()
@click.option(
    "--port", metavar="N", type=click.IntRange(0, 65535), default=8000, show_default=True,
    help="Port on 127.0.0.1; 0 for a free one.",
)  # fmt: skip
@shared_options("output")
def serve(session: Session, port: int) -> None:
    """Serve the site on this machine.

    Requests are answered by the rules of the shipped server configurations.
    """
    from generator.servers import preview

    with preview.server(session.output, port) as running:
        click.echo(f"http://127.0.0.1:{running.server_address[1]}/ (stop with Ctrl+C)")
        running.serve_forever()


@commands.command()
@click.argument("server", type=click.Choice(["nginx", "apache", "caddy"]))
@shared_options("content")
def numbers(session: Session, server: str) -> None:
    """Print a map from numbers to pages for a web server.

    With it, SERVER redirects /patch/ID/ and the like. The first lines say how to use it.
    """
    from generator.servers import id_map

    with session.archive(read_only=True) as archive:
        for line in id_map.lines(archive, server):
            click.echo(line, nl=False)


@commands.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@shared_options("content")
def backup(session: Session, file: Path, force: bool) -> None:
    """Copy the archive to FILE, also while a pull or a build is running.

    FILE is the archive as it was at one moment, written whole or not at all. To restore it, see
    docs/operations.md.
    """
    from generator.archive.backup import back_up

    with session.archive(read_only=True) as archive, session.terminal.progress():
        session.terminal.stage("copying", None)
        size = back_up(archive, file, force=force)
    session.terminal.line(f"{file}: {counted(size, 'byte')}")


@commands.command()
@click.option("--archive", "archive_only", is_flag=True, help="Check the archive, not the site.")
@shared_options("content", "output")
def verify(session: Session, archive_only: bool) -> None:
    """Check the files, internal links and search index of the site.

    The index is compared with the archive. With --archive, SQLite checks the archive itself instead, and
    every object in it is decoded. Nothing is written. The exit status is 1 if there are errors.
    """
    if archive_only:
        _verify_archive(session)
        return
    from generator.site import verify

    checked = verify.Checked()
    errors = 0
    with session.archive(read_only=True) as archive:
        for line in verify.verify(archive, session.output, checked):
            errors += 1
            session.terminal.failure(line)
    session.terminal.line(
        f"{counted(checked.files, 'file')}, {counted(checked.links, 'internal link')}, "
        f"{counted(errors, 'error')}"
    )
    if errors:
        sys.exit(1)


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@shared_options("content", "output")
def stats(session: Session, as_json: bool) -> None:
    """Show counts of what the archive and the site hold. Nothing is written."""
    from generator.archive import statistics
    from generator.site import manifest

    with session.archive(read_only=True) as archive:
        counts = statistics.object_counts(archive)
    # The site may not have been built yet, but one that was named has to be there.
    is_built = session.names_output or manifest.path_of(session.output).is_file()
    site = manifest.totals(session.output) if is_built else manifest.Totals()
    counts |= {name: site.tally.get(name, 0) for name in ("remarks_placed", "remarks_unplaced")}
    counts |= {"files": site.files, "bytes": site.bytes}
    if as_json:
        click.echo(json.dumps(counts))
    else:
        for name, count in counts.items():
            click.echo(f"{count:>12,}  {name}")


def _verify_archive(session: Session) -> None:
    """Check the archive: a line for each fault."""
    from generator.archive import integrity

    examined = integrity.Examined()
    errors = 0
    with session.archive(read_only=True) as archive:
        for line in integrity.faults(archive, examined):
            errors += 1
            session.terminal.failure(f"{session.archive_path}: {line}")
    session.terminal.line(f"{counted(examined.objects, 'object')}, {counted(errors, 'error')}")
    if errors:
        sys.exit(1)


def _import(
    session: Session, archive: Archive, paths: list[Path], *, only_new: bool
) -> ImportSummary:
    """Import files and folders, with progress and a line for each error."""
    terminal = session.terminal
    with terminal.progress():
        importer = Importer(
            archive, terminal.failure, terminal.counter("importing objects"), terminal.traceback
        )
        return importer.run(paths, only_new=only_new)


class _Stopped(BaseException):
    """A signal asked the program to end; `status` is what it ends with."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.status = 128 + number


def _stop(number: int, frame: FrameType | None) -> None:
    # A second one must not cut short what the first began: workers end, locks are freed.
    for other in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise _Stopped(number)


def main() -> None:
    """The entry point; turns errors and signals into one line and an exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup(1) has it
            signal.signal(number, _stop)
    try:
        commands(prog_name="stillwork", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except _Stopped as stop:
        _last_line(str(stop))
        sys.exit(stop.status)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        context = error.ctx if isinstance(error, click.UsageError) else None
        hint = f"; see `{context.command_path} --help`" if context else ""
        print(f"stillwork: {error.format_message().rstrip('.')}{hint}", file=sys.stderr)
        sys.exit(error.exit_code)
    except StillworkError as error:
        print(f"stillwork: {error}", file=sys.stderr)
        sys.exit(error.status)
    except BrokenExecutor as error:  # one after the other; what was built is kept
        _last_line(f"worker processes only die: the last {error}; build again, with fewer --jobs")
        sys.exit(1)
    except BrokenPipeError:
        # `stillwork search … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _last_line(text: str) -> None:
    with suppress(OSError):  # the terminal may be closed
        print(f"stillwork: {text}", file=sys.stderr, flush=True)
