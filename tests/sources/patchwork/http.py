"""The server of the tests over real sockets, with the faults that only those can have."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

from tests.sources.patchwork.fake import HOST, Fake


@dataclass
class Trouble:
    """How an answer goes wrong. `seconds`: before it begins; `cut`: bytes missing at its end.

    length: by how much its Content-Length is wrong; drip: seconds before each byte.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"[]"
    seconds: float = 0.0
    cut: int = 0
    zipped: bool = False
    length: int = 0
    drip: float = 0.0


class Server:
    """A running server. `trouble` may give a path something else than its right answer."""

    def __init__(self, fake: Fake) -> None:
        self.fake = fake
        self.trouble: Callable[[str], Trouble | None] = lambda path: None
        self.requests: list[tuple[float, str, dict[str, str]]] = []
        self.peers: set[tuple[str, int]] = set()
        self.url = ""
        #: The first byte of each connection to a server with TLS.
        self.first_bytes: list[bytes] = []

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.requests]


@contextmanager
def running(fake: Fake, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """The server, on a port of its own on loopback."""
    server = Server(fake)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with lock:
                server.peers.add(self.client_address)
                server.requests.append((time.monotonic(), self.path, dict(self.headers)))
                trouble = server.trouble(self.path)
                status, headers, value = (
                    (trouble.status, trouble.headers, trouble.body)
                    if trouble
                    else server.fake.answer(self.path)
                )
                body = value if isinstance(value, bytes) else msgspec.json.encode(value)
            body = body.replace(HOST.encode(), server.url.encode())
            headers = {"Content-Type": "application/json", **headers}
            if trouble and trouble.zipped:
                body = gzip.compress(body)
                headers["Content-Encoding"] = "gzip"
            if trouble:
                time.sleep(trouble.seconds)
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text.replace(HOST, server.url))
            length = len(body) + (trouble.length if trouble else 0)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            while trouble and trouble.drip and body:
                time.sleep(trouble.drip)
                self.wfile.write(body[:1])
                body = body[1:]
            cut = trouble.cut if trouble else 0
            self.wfile.write(body[: len(body) - cut])
            if cut:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    class Http(ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
            connection, peer = self.socket.accept()
            if tls:
                server.first_bytes.append(connection.recv(1, socket.MSG_PEEK))
                connection = tls.wrap_socket(connection, server_side=True)
            return connection, peer

        def handle_error(self, *args: object) -> None:
            """Say nothing about clients that hang up."""

    http = Http(("127.0.0.1", 0), Handler)
    server.url = f"http{'s' if tls else ''}://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
