"""Worker processes: one that dies is replaced, and none outlives the process that gives out the work.

Each is served by a thread of its own, which hands it one task at a time through a pipe.
"""

from __future__ import annotations

import ctypes
import fcntl
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from generator import limits
from generator.errors import ConfigError

#: A function, its arguments and its keywords.
Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]

_SPAWN = multiprocessing.get_context("spawn")
#: multiprocessing keeps a list of its children that threads mustn't change at the same time.
_STARTING = threading.Lock()
_PR_SET_PDEATHSIG = 1
#: How long a build waits for workers of one that was killed.
_WAIT = 10.0


class WorkerLost(BrokenExecutor):
    """A worker process ended before its task was done."""


class Workers(Executor):
    """So many worker processes. A task whose worker dies fails with WorkerLost; the others go on.

    When an exception leaves its `with` block, it kills its workers; otherwise it waits for them.
    """

    def __init__(self, count: int, lock: Path, prepare: Callable[[], None]) -> None:
        """`lock`: a file that each worker holds while it lives; `prepare`: what each does first."""
        self._lock = lock
        self._prepare = prepare
        self._tasks: queue.SimpleQueue[tuple[Future[Any], Call] | None] = queue.SimpleQueue()
        self._alive: dict[int, _Worker] = {}
        self._is_closed = False
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._tasks.put((future, (fn, args, kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if cancel_futures:
            self._kill()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def __exit__(self, kind: type[BaseException] | None, *exc: object) -> None:
        self.shutdown(cancel_futures=kind is not None)

    def _kill(self) -> None:
        self._is_closed = True
        with _STARTING:
            for worker in self._alive.values():
                worker.process.kill()

    def _serve(self) -> None:
        """Hand tasks to one worker after the other; each belongs to the thread that started it."""
        worker: _Worker | None = None
        while (task := self._tasks.get()) and not self._is_closed:
            future, call = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                worker = worker or self._start()
                worker.connection.send(call)
                is_done, value = worker.connection.recv()
            except (EOFError, OSError) as error:
                reason = self._end(worker) if worker else str(error)
                worker = None
                future.set_exception(WorkerLost(reason))
                continue
            except Exception as error:  # noqa: BLE001 - such as a call that can't be pickled
                future.set_exception(error)
                continue
            future.set_result(value) if is_done else future.set_exception(value)
        if worker:
            self._end(worker)

    def _start(self) -> _Worker:
        ours, theirs = _SPAWN.Pipe()
        arguments = theirs, os.getpid(), self._lock, self._prepare
        process = _SPAWN.Process(target=_work, args=arguments, daemon=True)
        with _STARTING:
            if self._is_closed:
                raise OSError("the build ends")
            process.start()
            worker = self._alive[threading.get_ident()] = _Worker(process, ours)
        theirs.close()  # so that the end of the worker is the end of the pipe
        return worker

    def _end(self, worker: _Worker) -> str:
        """Kill a worker; why it ended, where it had ended before."""
        worker.connection.close()
        worker.process.kill()  # it has ended already, or waits for a task
        worker.process.join()
        with _STARTING:
            del self._alive[threading.get_ident()]
        code = worker.process.exitcode or 0
        worker.process.close()
        if code == -signal.SIGKILL:
            return "was killed, most often for want of memory"
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else "got stuck"


class _Worker(NamedTuple):
    process: multiprocessing.context.SpawnProcess
    connection: Connection


#: The process that this one works for; 0 in one that is no worker.
_parent = 0


def _work(connection: Connection, parent: int, lock: Path, prepare: Callable[[], None]) -> None:
    """Run tasks until the pipe ends, as it does when the process at its other end has ended."""
    global _parent
    _parent = parent
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    exit_if_orphaned()
    # Ctrl+C and a closed terminal are for the process that gives out the work.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    limits.exit_when_stuck()
    with lock.open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        prepare()
        while True:
            try:
                fn, args, kwargs = connection.recv()
            except EOFError:
                return
            exit_if_orphaned()
            _answer(connection, fn, args, kwargs)


def _answer(connection: Connection, fn: Callable[..., Any], args: Any, kwargs: Any) -> None:
    try:
        answer = True, fn(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - it is raised where the result is asked for
        error.add_note(traceback.format_exc())
        answer = False, error
    try:
        connection.send(answer)
    except (TypeError, ValueError, AttributeError) as error:  # it can't be pickled
        connection.send((False, RuntimeError(f"{answer[1]!r}: {error}")))


def exit_if_orphaned() -> None:
    """End a worker whose parent is no more, where the system doesn't see to it (elsewhere than on Linux)."""
    if _parent and os.getppid() != _parent:
        os._exit(1)


def wait_for_workers(lock: Path) -> None:
    """Wait until no worker of an earlier build holds the file; raises ConfigError where one stays."""
    end = time.monotonic() + _WAIT
    with lock.open("wb") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > end:
                    raise ConfigError(
                        f"{lock.parent.parent}: workers of a build that was killed are still running"
                    ) from None
                time.sleep(0.02)
