"""The commands that read what was archived and built: search, serve, verify and the like."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.commands import commands
from generator.cli.options import Session, WholeNumber, server_options, shared_options
from generator.cli.reports import counted, disk_lines
from generator.cli.terminal import echo, echo_json, read_input
from generator.errors import ConfigError

if TYPE_CHECKING:
    from generator.archive.landed_index import LandedAs

#: The whole program: the group that the commands below are added to.
__all__ = ["commands"]


@commands.command()
@click.argument("query")
@click.option(
    "--limit", metavar="N", type=WholeNumber(min=0), default=20, show_default=True,
    help="Results to print; 0 for all.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.option("--count", "only_count", is_flag=True, help="Print the number of results only.")
@click.option(
    "--order", type=click.Choice(["newest", "oldest", "relevance"]), default="newest",
    show_default=True, help="Order of the results: by date, or by relevance.",
)  # fmt: skip
@shared_options("output")
def search(
    session: Session, query: str, limit: int, as_json: bool, only_count: bool, order: str
) -> None:
    """Search the index of the site.

    Results are the same as in the browser. QUERY may also be what lies at hand: a message id, an address, a
    line of a mail or a commit; `-` reads it from the standard input, a hunk for one.
    """
    from generator import urls
    from generator.search import engine, explain, index_reader, outcomes

    if query == "-":
        query = read_input()

    index = index_reader.Index(session.output)
    results = engine.search(index, query, limit=limit or index.docs, order=order)
    if only_count:
        echo(str(results.total))
        return
    for hit in results.hits:
        url = urls.mail(hit.page, hit.project, hit.slug)
        if hit.reply is not None:
            url = f"{url}#{hit.reply}"
        if as_json:
            date = urls.moment(hit.date).strftime("%Y-%m-%dT%H:%M:%S")
            item = {"kind": hit.kind, "id": hit.id, "reply": hit.reply, "msgid": hit.msgid,
                    "name": hit.name, "date": date,
                    "submitter": hit.submitter, "state": hit.state, "project": hit.project,
                    "series": hit.series, "outcome": _outcome_json(hit.outcome), "url": url}  # fmt: skip
            echo_json(item)
        else:
            about = hit.state if hit.kind == "patch" else hit.kind
            if hit.outcome and hit.kind == "patch":
                about = f"{about}, {outcomes.in_words(hit.outcome)}"
            echo(f"{urls.day(hit.date)}  {hit.name}  ({hit.submitter}, {about})")
            echo(f"    {url}")
    if not as_json:
        session.terminal.line(counted(results.total, "result"))
        for advice in explain.explain(index, query, results.total):
            instead = f" Try: {advice.query}" if advice.query else ""
            session.terminal.line(f"{advice.reason}{instead}")


def _outcome_json(outcome: LandedAs | None) -> dict[str, Any] | None:
    """The commit that a patch became, by its first digits, with the names of the API."""
    from generator import urls

    if outcome is None:
        return None
    date = None if outcome.date is None else urls.day(outcome.date)
    return {"role": outcome.role, "commit": outcome.sha, "date": date, "release": outcome.release,
            "reverted": outcome.is_reverted}  # fmt: skip


@commands.command()
@click.option(
    "--port", metavar="N", type=WholeNumber(0, 65535), default=8000, show_default=True,
    help="Port on 127.0.0.1; 0 for a free one.",
)  # fmt: skip
@shared_options("output")
def serve(session: Session, port: int) -> None:
    """Serve the site on this machine.

    Requests are answered by the rules of the shipped server configurations.
    """
    from generator.servers import preview

    with preview.server(session.output, port) as running:
        echo(f"http://127.0.0.1:{running.server_address[1]}/ (stop with Ctrl+C)")
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
        for text in id_map.lines(archive, server):
            for line in text.splitlines():
                echo(line)


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
@click.option("--yes", is_flag=True, help="Don't ask; needed where nobody can be asked.")
@shared_options("content")
def forget(session: Session, yes: bool) -> None:
    """Remove from the archive itself what redactions.toml leaves out of the site.

    Without this, the archive keeps it. What is forgotten can't be brought back; backups, files in patches/
    of the content folder, and a server that a pull mirrors have it still. See docs/privacy.md.
    """
    from generator.archive import redaction
    from generator.privacy import rules

    wanted = rules.load(session.content, "all")
    if not wanted:
        raise ConfigError(f"{session.content / rules.FILE}: nothing to forget")
    if not yes:
        click.confirm(f"Remove it from {session.archive_path} for good?", abort=True)
    with session.archive() as archive:
        done = redaction.forget(archive, wanted)
    for name in done.unused:
        session.terminal.line(f"{rules.FILE}: {name} is not in the archive")
    session.terminal.line(f"{counted(done.changed, 'object')} changed")


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


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--disk", is_flag=True, help="Show what the site takes on disk, by kind of file.")
@shared_options("content", "output")
def stats(session: Session, as_json: bool, disk: bool) -> None:
    """Show counts of what the archive and the site hold. Nothing is written.

    With --json, show also what changes took, by project. With --disk, show files and bytes by kind, for each
    patch too, and what options would save.
    """
    from generator.archive import projects, statistics
    from generator.site import manifest

    with session.archive(read_only=True) as archive:
        counts = statistics.object_counts(archive)
        figures = {
            slug: statistics.summary(statistics.works(archive, project.id))
            for slug, project in projects.all_projects(archive)
            if as_json
        }
    if disk:
        _print_disk_usage(session, counts["patches"], as_json=as_json)
        return
    # The site may not have been built yet, but one that was named has to be there.
    is_built = session.names_output or manifest.path_of(session.output).is_file()
    site = manifest.totals(session.output) if is_built else manifest.Totals()
    counts |= {name: site.tally.get(name, 0) for name in ("remarks_placed", "remarks_unplaced")}
    counts |= {"files": site.files, "bytes": site.bytes}
    if as_json:
        echo_json({**counts, "figures": figures})
    else:
        for name, count in counts.items():
            echo(f"{count:>12,}  {name}")


def _print_disk_usage(session: Session, patches: int, *, as_json: bool) -> None:
    from dataclasses import asdict

    from generator.site.disk_usage import disk_usage

    usage = disk_usage(session.output)
    if as_json:
        echo_json({"patches": patches, **asdict(usage)})
    else:
        for line in disk_lines(usage, patches):
            echo(line)
    for path in usage.missing:
        session.terminal.failure(f"{path}: missing")


@commands.command()
@click.option("--area", metavar="AREA", help="Only what touches this file, folder or subsystem.")
@click.option(
    "--person",
    metavar="NAME",
    help="Only what NAME sent or commented on; part of a name or address.",
)
@click.option(
    "--status", "statuses", metavar="STATUS", multiple=True,
    help="Only changes with this status, such as 'ready' or 'landed'; may be repeated.  "
    "[default: all that wait for somebody]",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@shared_options("content")
def changes(
    session: Session, area: str | None, person: str | None, statuses: tuple[str, ...], as_json: bool
) -> None:
    """List changes: what waits for review, for its author, or to be taken.

    A change is all versions of a series, or a patch without one. Its status is worked out from states,
    trailers, checks and comments of its newest version; what a maintainer decided on the server wins.
    """
    from generator import config
    from generator.archive import change_json, maintainers, series_versions
    from generator.cli import change_list

    wanted = change_list.Wanted(area, person, change_list.statuses(statuses))
    settings = config.load(session.content)
    with session.archive() as archive:
        series_versions.refresh(archive)
        maintained, faults = (
            maintainers.read(archive, settings, session.content) if area else ({}, [])
        )
        for line in faults:
            session.terminal.failure(line)
        found = change_list.found(archive, settings, wanted, maintained)
        for change in found:
            if as_json:
                echo_json(change_json.value(archive, change))
            else:
                for line in change_list.lines(archive, change):
                    echo(line)
    if not as_json:
        session.terminal.line(counted(len(found), "change"))


@commands.command()
@server_options
@click.option(
    "--every", metavar="N", type=WholeNumber(min=1), default=1, show_default=True,
    help="Ask for each Nth object only; a patch takes ten requests.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@shared_options("content", "output")
def compare(session: Session, url: str | None, every: int, as_json: bool, **options: Any) -> None:
    """Hold the site against the Patchwork server it was made from.

    Both are asked for the same addresses: pages, downloads, objects and lists of the API. A line for each
    kind says how many answers are the same, and which is the first that isn't. URL is by default that of
    site.toml. The exit status is 1 if there are differences.
    """
    from generator import config
    from generator.servers import preview
    from generator.sources.patchwork import command
    from generator.sources.patchwork.compare import compare as compared

    settings, terminal = config.load(session.content), session.terminal
    wanted = command.source(settings, url, **options)
    with (
        session.archive(read_only=True) as archive,
        preview.serving(session.output) as site,
        terminal.progress(),
    ):
        rows = compared(archive, wanted, site, settings.base_url, every, terminal)
    for row in rows:
        if as_json:
            echo_json({"kind": row.kind, "asked": row.asked, "same": row.same, "first": row.first})
        else:
            first = f"  first: {row.first}" if row.first else ""
            echo(f"{row.same:>9,} of {row.asked:>9,}  {row.kind}{first}")
    if any(row.same < row.asked for row in rows):
        sys.exit(1)
