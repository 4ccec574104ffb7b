"""The commands: they parse, call and report. What they do lives in the other rooms."""

from __future__ import annotations

import click


@click.group()
def main() -> None:
    pass


@main.command("import")
@click.argument("paths", nargs=-1)
def import_(paths):
    from pathlib import Path
    from generator.store.archive import Archive
    from generator.sources.importer import Importer
    with Archive(Path("/tmp/w/a.db")) as a:
        print(Importer(a, lambda l: click.echo(l, err=True)).run(map(Path, paths)))
