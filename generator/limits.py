"""Ceilings of time and memory for one piece of work, so that a single mail can't hold up or exhaust a run."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

from generator.errors import StillworkError

#: What one document of the search index may take.
DOCUMENT_SECONDS, DOCUMENT_MB = 60, 2048
#: Code that doesn't return to Python can't be interrupted: its worker ends so many seconds later.
_GRACE = 5.0
#: Where the last resort may write to; None in a process that mustn't end.
_last_resort: TextIO | None = None


class LimitError(StillworkError):
    """A piece of work took more time or memory than it may."""


class _Alarm(BaseException):
    """The time is up. No guard on the way may take this for an error of its own."""


def exit_when_stuck() -> None:
    """Let this process end where a ceiling of time can't be kept otherwise. For workers."""
    global _last_resort
    _last_resort = open(os.devnull, "w")  # noqa: PTH123, SIM115 - as long as the process lives


@contextmanager
def ceiling(seconds: float, megabytes: int) -> Iterator[None]:
    """Raise LimitError when what is done inside takes longer, or so much more memory than before.

    Memory is limited where the system can (Linux), and in a process's main thread only: the others share
    it. These are stopped when what they call returns to Python.
    """
    is_main = threading.current_thread() is threading.main_thread()
    try:
        if is_main:
            with _time(seconds), _memory(megabytes):
                yield
        else:
            with _thread_time(seconds):
                yield
    except _Alarm as alarm:
        raise LimitError(f"took longer than {seconds:g} s") from alarm
    except MemoryError as error:
        raise LimitError(f"needed more than {megabytes:,} MB of memory") from error


@contextmanager
def _time(seconds: float) -> Iterator[None]:
    handler = signal.signal(signal.SIGALRM, _ring)
    begun = time.monotonic()
    outer, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    if _last_resort:
        faulthandler.dump_traceback_later(seconds + _GRACE, exit=True, file=_last_resort)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if _last_resort:
            faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, handler)
        if outer:  # somebody else's alarm goes on
            left = outer - (time.monotonic() - begun)
            signal.setitimer(signal.ITIMER_REAL, max(left, 0.001))


@contextmanager
def _thread_time(seconds: float) -> Iterator[None]:
    """The same for a thread that gets no signals, such as those of a Dask worker."""
    thread = ctypes.c_ulong(threading.get_ident())
    lock = threading.Lock()
    is_over = False

    def ring() -> None:
        with lock:
            if not is_over:
                _raise_in(thread, ctypes.py_object(_Alarm))

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            is_over = True
            _raise_in(thread, None)  # what has rung, but has not been heard yet
        timer.cancel()


_raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc


def _ring(number: int, frame: FrameType | None) -> None:
    raise _Alarm


@contextmanager
def _memory(megabytes: int) -> Iterator[None]:
    if sys.platform != "linux":  # others don't keep the limit, or don't tell how much is in use
        yield
        return
    in_use = _pages_in_use() * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bounds = [in_use + (megabytes << 20), soft, hard]
    limit = min(bound for bound in bounds if bound != resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _pages_in_use() -> int:
    # Asked for each page of the site, so without the layers of an open file.
    statm = os.open("/proc/self/statm", os.O_RDONLY)
    try:
        return int(os.read(statm, 100).split()[0])
    finally:
        os.close(statm)
