"""A preview server on loopback that answers by the same rules as the server configurations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from generator.errors import ConfigError
from generator.servers.rules import (
    API_MISSING,
    API_PATHS,
    API_READ_ONLY,
    HEADERS,
    HIDDEN,
    VARIANTS,
    Route,
    download_name,
    filled,
    kind_for,
    routes,
)


def server(output: Path, port: int) -> ThreadingHTTPServer:
    """A server for an output folder on 127.0.0.1; port 0 takes a free one.

    Raises ConfigError where there is no site, or the port can't be taken.
    """
    if not (output / "index.html").is_file():
        raise ConfigError(f"{output}: no site has been built here")

    class Handler(_Handler):
        root = output.resolve()
        routes = routes(_projects(output))

    try:
        return ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except OSError as error:
        raise ConfigError(f"port {port}: {error.strerror}") from error


def _projects(output: Path) -> list[str]:
    """The folder names of the site's projects."""
    folder = output / "project"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


class _Handler(BaseHTTPRequestHandler):
    root: Path
    routes: Sequence[Route]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, query = unquote(urlsplit(self.path).path), urlsplit(self.path).query
        if re.search(HIDDEN, path):
            self._send_missing(path)
            return
        names = {pair.partition("=")[0] for pair in query.split("&")}
        for variant in VARIANTS:
            match = re.search(variant.pattern, path)
            path = filled(variant.path, match) if match and variant.query in names else path
        asked, name = path, ""
        for route in self.routes:
            if match := re.search(route.pattern, path):
                if self._redirect_query(route, query):
                    return
                path = self._answer(route, match, path)
                name = filled(route.download, match) if path != asked else ""
        file = self._file(path)
        if file and file.is_dir():
            if not path.endswith("/"):
                self._redirect(urlsplit(self.path).path + "/")
                return
            path += "index.html"
            file = self._file(path)
        if file is None or not file.is_file():
            self._send_missing(path)
        else:
            self._send(HTTPStatus.OK, path, file, name)

    do_HEAD = do_GET

    def _refuse(self) -> None:
        self.close_connection = True  # whatever was sent along isn't read
        file = self.root / API_READ_ONLY.lstrip("/")
        self._send(HTTPStatus.METHOD_NOT_ALLOWED, API_READ_ONLY, file)

    do_POST = do_PUT = do_PATCH = do_DELETE = _refuse

    def _answer(self, route: Route, match: re.Match[str], path: str) -> str:
        """The path of the file that answers by a route; the path itself if there is none."""
        needs = self._file(filled(route.needs, match)) if route.needs else None
        refused = route.unless and self._is_file(filled(route.unless, match))
        if self._is_file(path) or refused or (route.needs and not (needs and needs.is_file())):
            return path
        found = (filled(file, match) for file in route.files)
        return next((file for file in found if self._is_file(file)), path)

    def _is_file(self, path: str) -> bool:
        file = self._file(path)
        return file is not None and file.is_file() and not path.endswith("/")

    def _redirect_query(self, route: Route, query: str) -> bool:
        """Redirect a request that has a parameter of the route or asks for a page; whether it did."""
        values = dict(pair.partition("=")[::2] for pair in reversed(query.split("&")))
        for name in route.queries:
            if value := values.get(name):
                found = f"/api/by-{name}/{value}/{values.get('project', '')}"
                self._redirect(found, HTTPStatus.FOUND)
                return True
        for pattern, target in route.pages:
            if match := re.search(pattern, query):
                self._redirect(filled(target, match), HTTPStatus.FOUND)
                return True
        return False

    def _send_missing(self, path: str) -> None:
        page = API_MISSING if re.search(API_PATHS, path) else "/404.html"
        self._send(HTTPStatus.NOT_FOUND, page, self.root / page.lstrip("/"))

    def _file(self, path: str) -> Path | None:
        """The file of a path; None where it would leave the folder."""
        if "\0" in path or ".." in path.split("/"):
            return None
        try:
            file = (self.root / path.lstrip("/")).resolve()
            return file if file.is_relative_to(self.root) else None
        except OSError:
            return None

    def _send(self, status: HTTPStatus, path: str, file: Path, name: str = "") -> None:
        """Send a file; `name` is what it is saved as, if not the name of its kind."""
        try:
            content = file.read_bytes()
        except OSError:
            content = status.phrase.encode()
        kind = kind_for(path)
        headers: dict[str, str] = {}
        if status == HTTPStatus.OK:
            name = name or download_name(kind, path)
            status, content, headers = self._part(content)
        self.send_response(status)
        self.send_header("Content-Type", kind.type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", kind.cache)
        if name:
            self.send_header("Content-Disposition", f"attachment; filename={name}")
        for header, value in headers.items():
            self.send_header(header, value)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _part(self, content: bytes) -> tuple[HTTPStatus, bytes, dict[str, str]]:
        """The range of bytes that the request asks for (RFC 9110 §14.2); without one, all of the content."""
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", "").strip())
        if asked is None or asked[0] == "bytes=-":
            return HTTPStatus.OK, content, {"Accept-Ranges": "bytes"}
        size = len(content)
        first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
        last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
        if first > last:
            headers = {"Content-Range": f"bytes */{size}"}
            return HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", headers
        headers = {"Content-Range": f"bytes {first}-{last}/{size}"}
        return HTTPStatus.PARTIAL_CONTENT, content[first : last + 1], headers

    def _redirect(self, target: str, status: HTTPStatus = HTTPStatus.MOVED_PERMANENTLY) -> None:
        # Two slashes at the front would name another host.
        self.send_response(status)
        self.send_header("Location", "/" + target.lstrip("/"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """A preview logs nothing."""
