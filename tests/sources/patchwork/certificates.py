"""Certificates for servers on loopback, made with `openssl`."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

_CONFIG = """\
[ca]
default_ca = authority
[authority]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = policy
[policy]
commonName = supplied
"""
_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Authority:
    """Signs certificates, in a folder of its own. `root`: the file of its own certificate."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self.root = folder / "root.pem"
        (folder / "ca.cnf").write_text(_CONFIG)
        (folder / "index.txt").write_text("")
        (folder / "serial").write_text("01\n")
        self._openssl(
            "req", "-x509", *_KEY, "-keyout", "root.key", "-out", "root.pem",
            "-subj", "/CN=Authority of a test", "-days", "2",
        )  # fmt: skip

    def context(self, address: str, *, until: str = "20491231235959Z") -> ssl.SSLContext:
        """A server's TLS context, with a certificate for an IP address that is valid until some time."""
        (self._folder / "extensions").write_text(f"subjectAltName = IP:{address}\n")
        self._openssl(
            "req", *_KEY, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=server"
        )
        self._openssl(
            "ca", "-batch", "-notext", "-config", "ca.cnf", "-in", "server.csr", "-cert", "root.pem",
            "-keyfile", "root.key", "-out", "server.pem", "-extfile", "extensions",
            "-startdate", "20200101000000Z", "-enddate", until,
        )  # fmt: skip
        return self._load()

    def self_signed(self, address: str) -> ssl.SSLContext:
        """The same, with a certificate that nobody but itself vouches for."""
        self._openssl(
            "req", "-x509", *_KEY, "-keyout", "server.key", "-out", "server.pem",
            "-subj", "/CN=server", "-addext", f"subjectAltName = IP:{address}", "-days", "2",
        )  # fmt: skip
        return self._load()

    def _load(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / "server.pem", self._folder / "server.key")
        return context

    def _openssl(self, *arguments: str) -> None:
        command = ["openssl", *arguments]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)
