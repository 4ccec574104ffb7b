"""The commands: they parse, call and report. What they do lives in other packages.

Each command imports what it needs when it runs: importing thousands of patches needs no template engine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from generator import __version__
from generator.archive.database import Archive
from generator.cli.options import (
    Date,
    Numbers,
    Session,
    WholeNumber,
    program_options,
    server_options,
    shared_options,
)
from generator.cli.reports import counted, report_build, report_import, report_left_out
from generator.cli.terminal import Terminal, echo_json
from generator.config import Config
from generator.errors import ConfigError
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
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@click.option(
    "--django-dump", "dumps", metavar="FILE", multiple=True,
    help="Database of a Patchwork, written by `manage.py dumpdata`; - for stdin.",
)  # fmt: skip
@STRICT
@shared_options("content")
def import_(session: Session, paths: tuple[str, ...], dumps: tuple[str, ...], strict: bool) -> None:
    """Read objects of Patchwork's API into the archive.

    A PATH is a file with JSON objects or arrays, JSON Lines or saved pages of the browsable API, each
    also compressed (.gz, .zst); a folder of these; or - for standard input.
    """
    if not paths and not dumps:
        raise click.UsageError("give a PATH or --django-dump FILE")
    for path in (*paths, *dumps):
        if path != "-" and not os.path.lexists(path):
            raise ConfigError(f"{path}: no such file or folder")
    with session.archive(create=True) as archive:
        summary = _import(
            session, archive, [Path(path) for path in paths], map(Path, dumps), only_new=False
        )
    report_import(session.terminal, summary)
    if summary.failed or (strict and summary.skipped):
        sys.exit(1)


@commands.command()
@server_options
@click.option(
    "--since", metavar="DATE", type=Date(),
    help="Skip older mails in the first pull of a project.",
)  # fmt: skip
@click.option("--full", is_flag=True, help="Fetch everything again and report differences.")
@click.option("--relist", is_flag=True, help="Rescan the full lists now, not only once a week.")
@click.option("--prune", is_flag=True, help="Delete objects that the server no longer has.")
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
    wanted = command.request(config.load(session.content), url, **options)
    with session.terminal.progress():
        skipped = command.pull(session.archive_path, wanted, session.terminal)
    if strict and skipped:
        sys.exit(1)


@commands.command()
@click.argument("patch", required=False)
@click.option("--state", help="State, such as accepted, 'Under Review' or its number.")
@click.option("--delegate", metavar="USER", help="User name, address or number; '' for nobody.")
@click.option("--archived/--no-archived", default=None, help="Mark as archived, or not.")
@click.option("--commit-ref", metavar="COMMIT", help="Commit that the patch became; '' for none.")
@click.option(
    "--commit", metavar="SHA",
    help="Commit of the repository that the patch landed as, 7 digits or more; 'none' for none.",
)  # fmt: skip
@click.option("--pull-url", metavar="URL", help="Where to pull the patch from; '' for none.")
@click.option(
    "--related",
    metavar="NUMBERS",
    type=Numbers(),
    help="Patches it is related to, as in 12,15; '' for none.",
)
@click.option("--reset", is_flag=True, help="Remove local overrides.")
@click.option(
    "--file", "source", metavar="FILE", type=Path, help="JSON with changes of many; - for stdin."
)
@shared_options("content")
def update(
    session: Session, patch: str | None, reset: bool, source: Path | None, **options: Any
) -> None:
    """Change a PATCH in this archive only; the next build shows it.

    PATCH is a number, a message id or the URL of a patch page. The change is kept in updates/ of the
    content folder and survives later pulls.
    """
    from generator.sources import overrides

    fields = {key: value for key, value in options.items() if value is not None}
    if fields.get("commit", "").lower() == "none":
        fields["commit"] = None
    folder = session.content / "updates"
    if source and not (patch or fields or reset):
        _update_many(session, folder, source)
        return
    if not patch or source:
        raise click.UsageError("give a PATCH with options, or --file alone")
    if not fields and not reset:
        raise click.UsageError("nothing to change: give --state, --delegate, … or --reset")
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


def _update_many(session: Session, folder: Path, source: Path) -> None:
    """Change the patches in a file; exits with 1 when some can't be."""
    from generator.sources import overrides

    with session.archive() as archive:
        outcome = overrides.write_all(archive, folder, source, session.terminal.failure)
        overrides.apply(archive, folder, session.terminal.failure)
    session.terminal.line(f"{source}: {outcome.changed} patches changed")
    if outcome.skipped:
        sys.exit(1)


@commands.command()
@click.option(
    "--jobs",
    metavar="N",
    type=WholeNumber(0, 1024),
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
    from generator.site.build import Build, Report, require_buildable
    from generator.site.executors import Paths
    from generator.site.safeguards import Allowed
    from generator.sources import overrides, own_bundles

    session.require_content()
    settings, terminal = config.load(session.content), session.terminal
    paths = Paths(session.content, session.archive_path, session.output)
    allowed = Allowed(allow_empty, allow_removals, adopt)
    require_buildable(paths, settings, allowed, cluster)  # before anything is imported
    patches = session.content / "patches"
    with session.archive(create=True) as archive:
        inputs = [patches] if patches.is_dir() else []
        summary = _import(session, archive, inputs, only_new=True)
        outcome = overrides.apply(archive, session.content / "updates", terminal.failure)
        unread = _read_repositories(session, settings, archive)
        bundled = own_bundles.apply(archive, session.content / "bundles", terminal.failure)
    terminal.detail(f"{counted(summary.unchanged, 'file')} in {patches} unchanged")
    if summary.files:
        report_import(terminal, summary)

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
        echo_json(vars(report))
    if (
        report.failed
        or summary.failed
        or (strict and (summary.skipped or outcome.skipped or bundled.skipped or unread))
    ):
        sys.exit(1)


def _read_repositories(session: Session, settings: Config, archive: Archive) -> int:
    """Match patches with the commits of the projects' repositories; how many can't be read."""
    if not settings.projects:
        return 0
    from generator.landed import update

    with session.terminal.progress():
        return update.configured(archive, settings, session.content, session.terminal)


def _import(
    session: Session,
    archive: Archive,
    paths: list[Path],
    dumps: Iterable[Path] = (),
    *,
    only_new: bool,
) -> ImportSummary:
    """Import files and folders, and dumps of databases, with progress and a line for each error."""
    terminal = session.terminal
    with terminal.progress():
        importer = Importer(
            archive, terminal.failure, terminal.counter("importing objects"), terminal.traceback
        )
        for dump in dumps:
            _import_dump(terminal, archive, importer, dump)
        return importer.run(paths, only_new=only_new)


def _import_dump(terminal: Terminal, archive: Archive, importer: Importer, path: Path) -> None:
    from generator.sources import django_dump

    left_out = django_dump.store(archive, path, importer)
    report_left_out(terminal, path, left_out)
