"""A server whose certificate is not to be trusted gets no request."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sources.patchwork.certificates import Authority
from tests.sources.patchwork.fake import Fake
from tests.sources.patchwork.http import running

pytestmark = pytest.mark.skipif(
    not shutil.which("openssl"), reason="openssl makes the certificates"
)

_HERE = "127.0.0.1"


def pull(url: str, content: Path, trusted: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "generator", "--content", str(content), "pull", url]
    environment = {**os.environ, "SSL_CERT_FILE": str(trusted), "STILLWORK_TOKEN": "secret"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("certificate", "cause"),
    [
        (lambda known, other: known.self_signed(_HERE), "self-signed certificate"),
        (lambda known, other: other.context(_HERE), "unable to get local issuer certificate"),
        (
            lambda known, other: known.context(_HERE, until="20200201000000Z"),
            "certificate has expired",
        ),
        (lambda known, other: known.context("192.0.2.1"), "IP address mismatch"),
    ],
    ids=["self-signed", "unknown authority", "expired", "wrong host"],
)
def test_an_untrusted_certificate_ends_the_pull_with_one_line(
    tmp_path: Path,
    certificate: Callable[[Authority, Authority], ssl.SSLContext],
    cause: str,
) -> None:
    known, other = Authority(tmp_path / "known"), Authority(tmp_path / "other")
    with running(Fake(), certificate(known, other)) as server:
        done = pull(server.url, tmp_path / "content", known.root)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "untrusted certificate" in done.stderr and cause in done.stderr
    assert server.requests == []
    assert server.first_bytes == [b"\x16"]  # one TLS handshake (RFC 8446 5.1), nothing in the clear


def test_a_trusted_certificate_is_accepted(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    fake = Fake()
    fake.add_series(fake.add_project(), 2)
    with running(fake, authority.context(_HERE)) as server:
        done = pull(server.url, tmp_path / "content", authority.root)
    assert done.returncode == 0, done.stderr
    assert "new: 2 patches" in done.stderr
    assert set(server.first_bytes) == {b"\x16"}
