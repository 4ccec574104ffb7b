"""A preview server on loopback that answers by the same rules as the server configurations."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import re
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

from generator.errors import ConfigError
from generator.servers.api_filters import EMPTY, Filters, value_of
from generator.servers.rules import (
    API_MISSING,
    API_PATHS,
    API_READ_ONLY,
    GONE,
    GONE_PAGE,
    HEADERS,
    HIDDEN,
    NUMBERED,
    REDIRECTS,
    VARIANTS,
    Route,
    download_name,
    filled,
    kind_for,
    matched,
    routes,
    stored,
)

#: Every percent sign of a path begins an escape.
_PATH = re.compile(r"/(?:[^%]|%[0-9A-Fa-f]{2})*")
#: Bytes of a file that are read at once.
_CHUNK = 1 << 18
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def server(output: Path, port: int) -> ThreadingHTTPServer:
    """A server for an output folder on 127.0.0.1; port 0 takes a free one.

    Raises ConfigError where there is no site, or the port can't be taken.
    """
    if not any((output / name).is_file() for name in ("index.html", "index.html.gz")):
        raise ConfigError(f"{output}: no site has been built here")

    class Handler(_Handler):
        root = output.resolve()
        routes = routes(_projects(output))

    try:
        return _Server(("127.0.0.1", port), Handler)
    except OSError as error:
        raise ConfigError(f"port {port}: {error.strerror}") from error


@contextmanager
def serving(output: Path) -> Iterator[str]:
    """Serve an output folder on a free port as long as the block runs; gives its URL."""
    with server(output, 0) as running:
        threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{running.server_address[1]}/"
        finally:
            running.shutdown()


def _projects(output: Path) -> list[str]:
    """The folder names of the site's projects."""
    folder = output / "project"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


class _Server(ThreadingHTTPServer):
    #: Connections that may wait to be accepted. A browser opens more than the five of the default at once:
    #: the system drops the others, which try again after one second, two, four, up to half a minute.
    request_queue_size = 128

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client: Any
    ) -> None:
        """A browser that goes away in the middle of an answer is no error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client)


class _Handler(BaseHTTPRequestHandler):
    root: Path
    routes: Sequence[Route]
    protocol_version = "HTTP/1.1"
    #: Header and body go out together: as two packets, the second would wait for the first one's receipt.
    wbufsize = -1
    disable_nagle_algorithm = True
    #: Seconds that a connection may be idle: each has a thread.
    timeout = 120

    def do_GET(self) -> None:
        sent, _, query = self.path.partition("?")
        if not _PATH.fullmatch(sent):
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        path = _normalized(unquote(sent))
        if matched(HIDDEN, path) or _CONTROL.search(path):
            self._send_missing(path)
            return
        if (match := matched(GONE, path)) and self._is_file(page := f"/{match[1]}/{GONE_PAGE}"):
            self._send(HTTPStatus.GONE, page, self.root / page.lstrip("/"))
            return
        if target := self._other_place(path):
            self._redirect(quote(target, safe="/@"), HTTPStatus.FOUND)
            return
        if target := self._page_of_number(path):
            self._redirect(target)
            return
        names = {pair.partition("=")[0] for pair in query.split("&")}
        for variant in VARIANTS:
            match = matched(variant.pattern, path)
            path = filled(variant.path, match) if match and variant.query in names else path
        asked, name = path, ""
        for route in self.routes:
            if match := matched(route.pattern, path):
                if self._redirect_query(route, query):
                    return
                path = self._answer(route, match, path)
                name = filled(route.download, match) if path != asked else ""
        file = self._file(path)
        if file and file.is_dir():
            if not path.endswith("/"):
                self._redirect(sent + "/")
                return
            path += "index.html"
            file = self._file(path)
        if file is None or not file.is_file() or path.endswith("/"):
            self._send_missing(path)
        else:
            self._send(HTTPStatus.OK, path, file, name)

    do_HEAD = do_GET

    def _refuse(self) -> None:
        self.close_connection = True  # whatever was sent along isn't read
        file = self.root / API_READ_ONLY.lstrip("/")
        self._send(HTTPStatus.METHOD_NOT_ALLOWED, API_READ_ONLY, file)

    do_POST = do_PUT = do_PATCH = do_DELETE = _refuse

    def _page_of_number(self, path: str) -> str:
        """The URL of what a path names by number; empty if nothing. What is at the path comes first."""
        match = matched(NUMBERED, path)
        if not match or self._file(path):
            return ""
        kind, _, number = match[1].partition("/")
        file = self._file(f"/number/{kind}/{int(number[:-3] or 0)}.json")
        pages = json.load(_opened(file)) if file else {}
        url: str = pages.get(str(int(number)), "")
        return url + (match[2] or "") if url else ""

    def _other_place(self, path: str) -> str:
        """Where a path is redirected to at which nothing is; empty if nowhere."""
        for redirect in REDIRECTS:
            match = matched(redirect.pattern, path)
            if not match or (redirect.unless and self._is_file(filled(redirect.unless, match))):
                continue
            if not redirect.needs or self._is_file(filled(redirect.needs, match)):
                return filled(redirect.target, match)
        return ""

    def _answer(self, route: Route, match: re.Match[str], path: str) -> str:
        """The path of the file that answers by a route; the path itself if there is none."""
        needs = self._file(filled(route.needs, match)) if route.needs else None
        refused = route.unless and self._is_file(filled(route.unless, match))
        if self._is_file(path) or refused or (route.needs and not (needs and needs.is_file())):
            return path
        candidates = (filled(file, match) for file in route.files)
        return next((file for file in candidates if self._is_file(file)), path)

    def _is_file(self, path: str) -> bool:
        file = self._file(path)
        return file is not None and file.is_file() and not path.endswith("/")

    def _redirect_query(self, route: Route, query: str) -> bool:
        """Redirect a request that has a parameter of the route or asks for a page; whether it did."""
        values = dict(pair.partition("=")[::2] for pair in reversed(query.split("&")))
        for name, path in route.queries:
            if value := values.get(name):
                location = f"{path}/{value}/{values.get('project', '')}"
                self._redirect(location, HTTPStatus.FOUND)
                return True
        for pattern, target in route.pages:
            if match := matched(pattern, query):
                self._redirect(filled(target, match), HTTPStatus.FOUND)
                return True
        if route.filters and (path := chosen_list(route.filters, query)):
            self._redirect(path, HTTPStatus.FOUND)
            return True
        return False

    def _send_missing(self, path: str) -> None:
        page = API_MISSING if matched(API_PATHS, path) else "/404.html"
        self._send(HTTPStatus.NOT_FOUND, page, self.root / page.lstrip("/"))

    def _file(self, path: str) -> Path | None:
        """What is at a path; None where nothing is, or what would be outside the folder."""
        if ".." in path.split("/"):
            return None
        for place in dict.fromkeys((path, stored(path, packed_only=True))):
            # OSError: also a name that is too long; RuntimeError: links in a circle.
            with contextlib.suppress(OSError, RuntimeError):
                file = (self.root / place.lstrip("/")).resolve(strict=True)
                return file if file.is_relative_to(self.root) else None
        return None

    def _send(self, status: HTTPStatus, path: str, file: Path, name: str = "") -> None:
        """Send a file; `name` is what it is saved as, if not the name of its kind."""
        try:
            stream: BinaryIO = file.open("rb") if path.endswith(".gz") else _opened(file)
        except OSError:
            stream = io.BytesIO(status.phrase.encode())
        with stream:
            self._send_stream(status, path, stream, name)

    def _send_stream(self, status: HTTPStatus, path: str, stream: BinaryIO, name: str) -> None:
        kind = kind_for(path)
        size = stream.seek(0, io.SEEK_END)
        part = range(size)
        headers: dict[str, str] = {}
        if status == HTTPStatus.OK:
            name = name or download_name(kind, path)
            status, part, headers = self._part(size)
        self.send_response(status)
        self.send_header("Content-Type", kind.type)
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Cache-Control", kind.cache)
        if name:
            self.send_header("Content-Disposition", f"attachment; filename={name}")
        for header, value in headers.items():
            self.send_header(header, value)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            stream.seek(part.start)
            for at in range(part.start, part.stop, _CHUNK):
                self.wfile.write(stream.read(min(_CHUNK, part.stop - at)))

    def _part(self, size: int) -> tuple[HTTPStatus, range, dict[str, str]]:
        """The range of bytes that the request asks for (RFC 9110 §14.2); without one, all of the content."""
        asked = re.fullmatch(r"bytes=([0-9]*)-([0-9]*)", self.headers.get("Range", "").strip())
        if asked is None or asked[0] == "bytes=-":
            return HTTPStatus.OK, range(size), {"Accept-Ranges": "bytes"}
        first = _position(asked[1]) if asked[1] else max(0, size - _position(asked[2]))
        last = min(_position(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
        if first > last:
            headers = {"Content-Range": f"bytes */{size}"}
            return HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, range(0), headers
        headers = {"Content-Range": f"bytes {first}-{last}/{size}"}
        return HTTPStatus.PARTIAL_CONTENT, range(first, last + 1), headers

    def _redirect(self, target: str, status: HTTPStatus = HTTPStatus.MOVED_PERMANENTLY) -> None:
        # Two slashes at the front would name another host.
        self.send_response(status)
        self.send_header("Location", "/" + target.lstrip("/"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """A preview logs nothing."""


def chosen_list(filters: Filters, query: str) -> str:
    """The path of the list that a query chooses; empty where it has parameters that aren't known."""
    if matched(filters.repeated, query):
        return EMPTY
    found = {name: matched(value_of(name), query) for name in filters.names}
    values = {name: match[1] if match else "" for name, match in found.items()}
    if filters.has_states:
        if two := matched(filters.two_states, query):
            return filters.path({**values, "state": f"{two[1]}+{two[2]}"})
        if matched(filters.more_states, query):
            return EMPTY
    return filters.path(values) if matched(filters.known, query) else ""


def _opened(file: Path) -> BinaryIO:
    """The content of a file; unpacked, where it is stored compressed."""
    if file.suffix == ".gz":
        return io.BytesIO(gzip.decompress(file.read_bytes()))
    return file.open("rb")


def _normalized(path: str) -> str:
    """A path (decoded) without empty segments and `.`, as servers compare it with rules."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    is_folder = path.endswith(("/", "/."))
    return "/" + "/".join(parts) + ("/" if parts and is_folder else "")


def _position(digits: str) -> int:
    """A position in a file; beyond the end of any, if the number has too many digits to be one."""
    return int(digits) if len(digits) < 19 else sys.maxsize
