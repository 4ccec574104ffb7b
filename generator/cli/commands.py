"""The commands: they parse, call and report. What they do lives in the other rooms.

Each command imports its room when it runs: importing thousands of patches needs no template engine.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any

import click

from generator import __version__
from generator.cli.options import FOLDER, Session, common, import_paths, tell_build, tell_import
from generator.errors import ConfigError, StillworkError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--content", type=FOLDER, default="content", show_default=True, help="Input folder.")
@click.option(
    "--output", type=FOLDER, default="output", show_default=True, help="Folder of the site."
)
@click.option("-q", "--quiet", count=True, help="Say nothing but faults.")
@click.option("-v", "--verbose", count=True, help="Say more.")
@click.version_option(__version__, prog_name="stillwork")
def commands(**_: Any) -> None:
    """Turn a Patchwork instance into a static, searchable archive."""


@commands.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--strict", is_flag=True, help="Exit with 1 when something was left out.")
@common
def import_(session: Session, paths: tuple[str, ...], strict: bool) -> None:
    """Read objects of Patchwork's API from files and folders into the archive.

    A PATH holds JSON objects or arrays, JSON Lines, saved pages of the browsable API, any of them
    compressed (.gz, .zst); or is a folder of these; or is - for standard input.
    """
    with session.archive() as archive:
        summary = import_paths(session, archive, [Path(path) for path in paths], only_new=False)
    tell_import(session, summary)
    if strict and summary.left_out:
        sys.exit(1)


@commands.command()
@click.argument("url", required=False)
@click.option(
    "--project", "projects", multiple=True, metavar="NAME",
    help="A project's link name, list id or number; may be repeated.  [default: all]",
)  # fmt: skip
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Leave out older mails in the first pull of a project.",
)  # fmt: skip
@click.option("--full", is_flag=True, help="Ask for everything again, and say what had drifted.")
@click.option("--relist", is_flag=True, help="Walk the whole lists now, not once a week.")
@click.option("--prune", is_flag=True, help="Delete what the server no longer has.")
@click.option("--connections", type=click.IntRange(1, 16), help="Requests at a time.  [default: 4]")
@click.option("--rate", help="The most requests to make, such as 5/s or 120/m.")
@click.option("--moved", is_flag=True, help="URL is the new address of the same server.")
@click.option("--strict", is_flag=True, help="Exit with 1 when something was left out.")
@common
def pull(session: Session, url: str | None, strict: bool, **options: Any) -> None:
    """Bring the archive level with the Patchwork server at URL.

    The first time everything comes; later only what changed. An API token, where one is needed, is
    taken from STILLWORK_TOKEN or from content/site.toml.
    """
    from generator import config
    from generator.sources.patchwork import command

    settings = config.load(session.content)
    with session.archive() as archive, session.terminal.progress():
        left_out = command.pull(archive, settings, session.terminal, url, **options)
    if strict and left_out:
        sys.exit(1)


@commands.command()
@click.argument("patch")
@click.option("--state", help="Such as accepted, rejected or under-review.")
@click.option("--delegate", metavar="USER", help="A user name, address or number; '' for nobody.")
@click.option("--archived/--no-archived", default=None, help="Whether lists leave it out.")
@click.option("--commit-ref", metavar="COMMIT", help="The commit it became; '' for none.")
@click.option("--pull-url", metavar="URL", help="Where to pull it from; '' for none.")
@click.option("--reset", is_flag=True, help="Take the local changes of the patch away.")
@common
def update(session: Session, patch: str, reset: bool, **options: Any) -> None:
    """Change a PATCH in this archive only; its pages say so after the next build.

    PATCH is a number, a message id or the address of a page. The change is kept in content/updates/,
    and outlasts later pulls.
    """
    from generator.sources import overrides

    fields = {key: value for key, value in options.items() if value is not None}
    if not fields and not reset:
        raise click.UsageError("nothing to change: give --state, --delegate, … or --reset")
    folder = session.content / "updates"
    with session.archive() as archive:
        number = overrides.find(archive, patch)
        if reset and not overrides.reset(folder, number) and not fields:
            raise ConfigError(f"patch {number} has no changes of its own in {folder}")
        if fields:
            path = overrides.write(archive, folder, number, fields)
            session.terminal.detail(f"{path} written")
        overrides.apply(archive, folder, session.terminal.failure)
        told = overrides.describe(archive, number)
    session.terminal.line(f"patch {number}: {told}")


@commands.command()
@click.option(
    "--jobs", type=click.IntRange(min=0), default=0, help="Processes.  [default: one a core]"
)
@click.option(
    "--cluster", default="", metavar="ADDRESS", help="A Dask scheduler, whose workers build."
)
@click.option("--full", is_flag=True, help="Make everything again.")
@click.option("--strict", is_flag=True, help="Exit with 1 when something was left out.")
@click.option("--timings", is_flag=True, help="Print what was done, and how long it took, as JSON.")
@common
def build(
    session: Session, jobs: int, cluster: str, full: bool, strict: bool, timings: bool
) -> None:
    """Import what is new in content/patches/, then build what changed."""
    from generator import config
    from generator.site.build import Build
    from generator.site.executors import Paths
    from generator.sources import overrides

    settings = config.load(session.content)
    patches = session.content / "patches"
    with session.archive() as archive:
        found = [patches] if patches.is_dir() else []
        summary = import_paths(session, archive, found, only_new=True)
        outcome = overrides.apply(archive, session.content / "updates", session.terminal.failure)
    session.terminal.detail(f"{summary.unchanged} files in {patches} were read before")
    if summary.files:
        tell_import(session, summary)
    paths = Paths(session.content, session.archive_path, session.output)
    terminal = session.terminal
    with (
        Build(paths, settings, terminal, jobs=jobs, cluster=cluster) as run,
        terminal.progress(),
    ):
        report = run.run(full=full)
    tell_build(session, report)
    if timings:
        click.echo(json.dumps(vars(report)))
    if report.failed or (strict and (summary.left_out or outcome.left_out)):
        sys.exit(1)


@commands.command()
@click.argument("query")
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--count", "only_count", is_flag=True, help="Only the number of results.")
@click.option("--relevance", is_flag=True, help="Best first, not newest first.")
@common
def search(
    session: Session, query: str, limit: int, as_json: bool, only_count: bool, relevance: bool
) -> None:
    """Ask the built index, exactly as the browser does. 0 as --limit shows all results."""
    from generator import urls
    from generator.search import evaluator, index_reader

    found = index_reader.Index(session.output)
    limit = limit or found.docs
    answer = evaluator.search(found, query, limit=limit, by_relevance=relevance)
    if only_count:
        click.echo(answer.total)
        return
    for hit in answer.hits:
        url = urls.patch(hit.project, hit.slug)
        if as_json:
            date = urls.moment(hit.date).strftime("%Y-%m-%dT%H:%M:%S")
            item = {"id": hit.id, "msgid": hit.msgid, "name": hit.name, "date": date,
                    "submitter": hit.submitter, "state": hit.state, "project": hit.project,
                    "series": hit.series, "url": url}  # fmt: skip
            click.echo(json.dumps(item, ensure_ascii=False))
        else:
            click.echo(
                f"{urls.day(hit.date)}  {hit.name}  ({hit.submitter}, {hit.state})\n    {url}"
            )
    if not as_json:
        session.terminal.line(f"{answer.total} results")


@commands.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@common
def serve_(session: Session, port: int) -> None:
    """Serve the site on this machine, by the rules of the shipped server configurations."""
    from generator.servers import preview

    with preview.server(session.output, port) as running:
        click.echo(f"http://127.0.0.1:{running.server_address[1]}/ (stop with Ctrl+C)")
        running.serve_forever()


@commands.command()
@click.argument("server", type=click.Choice(["nginx", "apache", "caddy"]))
@common
def numbers(session: Session, server: str) -> None:
    """Print a map from numbers to pages for a web SERVER; its first lines say where it goes."""
    from generator.servers import id_map

    with session.archive(read_only=True) as archive:
        for line in id_map.lines(archive, server):
            click.echo(line, nl=False)


@commands.command("verify")
@common
def verify_(session: Session) -> None:
    """Check every file and internal link of the site, and the search index against the archive."""
    from generator.site import verify

    checked = verify.Checked()
    faults = 0
    with session.archive(read_only=True) as archive:
        for line in verify.verify(archive, session.output, checked):
            faults += 1
            session.terminal.failure(line)
    session.terminal.line(f"{checked.files} files, {checked.links} internal links, {faults} faults")
    if faults:
        sys.exit(1)


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@common
def stats(session: Session, as_json: bool) -> None:
    """Tell what the archive and the site hold."""
    from generator.archive import statistics
    from generator.site.manifest import Manifest

    with session.archive(read_only=True) as archive:
        counts = statistics.object_counts(archive)
    files, tally = [], {}
    if (session.output / ".stillwork").is_dir():
        manifest = Manifest(session.output)
        files, tally = [size for _, _, size in manifest.files()], manifest.tally()
        manifest.close()
    counts |= {name: tally.get(name, 0) for name in ("remarks_placed", "remarks_unplaced")}
    counts |= {"files": len(files), "bytes": sum(files)}
    if as_json:
        click.echo(json.dumps(counts))
    else:
        for name, count in counts.items():
            click.echo(f"{count:>12,}  {name}")


def main() -> None:
    """The entry point; turns errors into one line and an exit status."""
    try:
        commands(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except StillworkError as error:
        print(f"stillwork: {error}", file=sys.stderr)
        sys.exit(error.status)
    except BrokenExecutor:
        # The system stopped it, most often for want of memory; what was made is kept.
        told = "stillwork: a worker process died; build again, perhaps with fewer --jobs"
        print(told, file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # `stillwork search … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
