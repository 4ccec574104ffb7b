"""The entry point: signals, errors and exit statuses."""

from __future__ import annotations

import io
import os
import signal
import sys
import traceback
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from types import FrameType

import click

from generator.cli.git_commands import commands
from generator.cli.terminal import one_line
from generator.errors import StillworkError


def main() -> None:
    """The entry point; turns errors and signals into one line and an exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup(1) has it
            signal.signal(number, _stop)
    if isinstance(sys.stdout, io.TextIOWrapper):  # it may be closed
        sys.stdout.reconfigure(errors="backslashreplace")  # as standard error has it
    try:
        commands(prog_name="stillwork", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except _Stopped as stop:
        _last_line(stop.line)
        raise
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        context = error.ctx if isinstance(error, click.UsageError) else None
        hint = f"; see `{context.command_path} --help`" if context else ""
        _last_line(f"{error.format_message().rstrip('.')}{hint}")
        sys.exit(error.exit_code)
    except StillworkError as error:
        _last_line(str(error))
        sys.exit(error.status)
    except BrokenExecutor as error:  # one after the other; what was built is kept
        _last_line(f"worker processes only die: the last {error}; build again, with fewer --jobs")
        sys.exit(StillworkError.status)
    except MemoryError:
        _last_line("out of memory; what was done is kept")
        sys.exit(StillworkError.status)
    except BrokenPipeError:
        # `stillwork search … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception:  # noqa: BLE001 - by itself it would end with 1, which scripts take for done
        traceback.print_exc()
        _last_line("this is a fault of Stillwork; please report it with the lines above")
        sys.exit(StillworkError.status)


class _Stopped(SystemExit):
    """A signal asked the program to end: `line` says so, `code` is the exit status (128 + its number).

    Not an exception of another kind: asyncio would swallow that in a callback, click an interrupt.
    """

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.line = f"stopped by {signal.Signals(number).name}"


def _stop(number: int, frame: FrameType | None) -> None:
    # A second one must not cut short what the first began: workers end, locks are freed.
    for other in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise _Stopped(number)


def _last_line(text: str) -> None:
    with suppress(OSError):  # the terminal may be closed
        print(f"stillwork: {one_line(text)}", file=sys.stderr, flush=True)
