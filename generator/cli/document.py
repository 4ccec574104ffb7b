"""docs/cli.md, made from the commands' own help: `python -m generator.cli.document > docs/cli.md`."""

from __future__ import annotations

import click

from generator.cli.content_folder import site_toml
from generator.cli.git_commands import commands

_WIDTH = 100

_INTRODUCTION = """\
# Commands and options

<!-- Made by `make docs` from the help in generator/cli/ and the descriptions in generator/config.py. -->

`stillwork` and `python -m generator` are the same command. `--content`, `--output`, `-q` and `-v` may stand
before the name of a command, or after it where the command uses them. Errors go to standard error, one line
each.

| exit status | meaning |
| --- | --- |
| 0 | done |
| 1 | done, but objects were skipped (`--strict`) or a page could not be built; `verify` found errors |
| 2 | wrong usage, configuration or query; a build that looks like a mistake; a disk or file that fails |
| 3 | the server can't be reached |
| 4 | ended before it was done: worker processes only died, or a fault of Stillwork; what was done is kept |
| 130 | interrupted |
"""


def document() -> str:
    """The text of docs/cli.md (Markdown)."""
    parts = [_INTRODUCTION, _section("stillwork", commands, None)]
    with click.Context(commands, info_name="stillwork") as context:
        for name in commands.list_commands(context):
            command = commands.get_command(context, name)
            assert command is not None
            parts.append(_section(f"stillwork {name}", command, context))
    parts.append(f"## site.toml\n\nWhat `stillwork init` writes:\n\n```toml\n{site_toml()}```\n")
    return "\n".join(parts)


def _section(title: str, command: click.Command, parent: click.Context | None) -> str:
    name = title.rpartition(" ")[2]
    with click.Context(
        command, info_name=name, parent=parent, terminal_width=_WIDTH, max_content_width=_WIDTH,
        help_option_names=["-h", "--help"],
    ) as context:  # fmt: skip
        return f"## {title}\n\n```text\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    print(document(), end="")
