"""A preview server on loopback that answers by the same rules as the server configurations."""

from __future__ import annotations

import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from generator.site.server import HEADERS, HIDDEN, SLASHED, rule_for


def server(output: Path, port: int) -> ThreadingHTTPServer:
    """A server for an output folder on 127.0.0.1; port 0 takes a free one."""

    class Handler(_Handler):
        root = output.resolve()

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


class _Handler(BaseHTTPRequestHandler):
    root: Path
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if slashed := re.match(SLASHED, path):
            path = slashed[1]
        file = self._file(path)
        if file and file.is_dir():
            if not path.endswith("/"):
                self._redirect(urlsplit(self.path).path + "/")
                return
            path += "index.html"
            file = self._file(path)
        if file is None or not file.is_file() or re.search(HIDDEN, path):
            self._send(HTTPStatus.NOT_FOUND, "/404.html", self.root / "404.html")
        else:
            self._send(HTTPStatus.OK, path, file)

    do_HEAD = do_GET

    def _file(self, path: str) -> Path | None:
        """The file of a path; None where it would leave the folder."""
        if "\0" in path or ".." in path.split("/"):
            return None
        try:
            file = (self.root / path.lstrip("/")).resolve()
            return file if file.is_relative_to(self.root) else None
        except OSError:
            return None

    def _send(self, status: HTTPStatus, path: str, file: Path) -> None:
        try:
            content = file.read_bytes()
        except OSError:
            content = status.phrase.encode()
        rule = rule_for(path)
        self.send_response(status)
        self.send_header("Content-Type", rule.type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", rule.cache)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _redirect(self, target: str) -> None:
        # Two slashes at the front would name another host.
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", "/" + target.lstrip("/"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: this is a preview."""
