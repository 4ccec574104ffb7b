"""Which faults of a server may go away, and when to try again."""

from __future__ import annotations

import ssl

import httpx
import tenacity

#: How often to try; an internal error of the server seldom goes away.
TRIES, TRIES_AFTER_INTERNAL_ERROR = 6, 3


class TransientError(Exception):
    """A fault that may go away.

    `tries`: how often to try; `after`: the pause that the server asks for (seconds).
    """

    def __init__(self, cause: str, tries: int = TRIES, after: float | None = None) -> None:
        super().__init__(cause)
        self.tries = tries
        self.after = after


def error_of(state: tenacity.RetryCallState) -> TransientError:
    """What went wrong in the last try."""
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, TransientError)
    return error


_BACKOFF = tenacity.wait_exponential_jitter(initial=1, max=60, jitter=1)


def pause(state: tenacity.RetryCallState) -> float:
    """The pause that the server asked for, or else one that grows, with jitter (seconds)."""
    after = error_of(state).after
    return _BACKOFF(state) if after is None else after


def cause_of(error: Exception) -> str:
    """An error of the connection in words."""
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return "timed out"
    return str(error) or type(error).__name__


def is_certificate_error(error: BaseException | None) -> bool:
    """Whether a fault comes from an untrusted certificate, so that a retry won't help."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None
