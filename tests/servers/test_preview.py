"""The preview server: every request gets an answer, and nothing hidden is one."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from generator.servers.preview import server

Ask = Callable[..., tuple[int, bytes]]


@pytest.fixture
def port(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[int]:
    """That of a running server."""
    output = tmp_path / "output"
    mail = output / "project/p/patch/é@x"
    for folder in (output / ".stillwork", mail):
        folder.mkdir(parents=True)
    for name in ("index.html", "404.html", ".stillwork/manifest.db", "project/p/patch/é@x/mbox"):
        (output / name).write_text(f"content of {name}", "utf-8")
    (output / "loop").symlink_to("loop")
    (tmp_path / "secret").write_text("content of secret")
    with server(output, 0) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running.server_address[1]
        running.shutdown()
    assert capfd.readouterr().err == "", "nothing is logged, no traceback either"


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


@pytest.fixture
def ask(port: int) -> Ask:
    """Send a path as it is, perhaps with a header; gives the status and the whole answer."""

    def send(path: str, header: str = "X: x", method: str = "GET") -> tuple[int, bytes]:
        with connected(port) as line:
            request = f"{method} {path} HTTP/1.1\r\n{header}\r\nConnection: close\r\n\r\n"
            line.sendall(request.encode("latin-1"))
            answer = b"".join(iter(lambda: line.recv(65536), b""))
        assert answer, "the connection was dropped"
        return int(answer.split(b" ", 2)[1]), answer

    return send


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/patch/1012/", "/project/p/patch/%C3%A9@x/"),
        ("/patch/01012", "/project/p/patch/%C3%A9@x/"),
        ("/patch/1012/mbox/", "/project/p/patch/%C3%A9@x/mbox"),
        ("/comment/7/", "/project/p/patch/%C3%A9@x/#7"),
    ],
)
def test_a_number_leads_to_its_page(ask: Ask, tmp_path: Path, path: str, place: str) -> None:
    for name, pages in (
        ("patch/1.json", {"1012": "project/p/patch/%C3%A9@x/"}),
        ("comment/0.json", {"7": "project/p/patch/%C3%A9@x/#7"}),
    ):
        file = tmp_path / "output/number" / name
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(pages))
    status, answer = ask(path)
    assert status == 301 and f"Location: {place}\r\n".encode() in answer
    assert ask("/patch/1013/")[0] == ask("/patch/99999999999999999999/")[0] == 404


def test_a_page_at_the_path_of_a_number_comes_first(ask: Ask, tmp_path: Path) -> None:
    for name, text in (
        ("number/patch/0.json", '{"7": "project/p/patch/%C3%A9@x/"}'),
        ("patch/7/index.html", "content"),
    ):
        file = tmp_path / "output" / name
        file.parent.mkdir(parents=True)
        file.write_text(text)
    assert ask("/patch/7/")[0] == 200


def test_many_connections_at_once_wait_for_their_turn(tmp_path: Path) -> None:
    """Without a long queue the system drops them, and a browser's page hangs for half a minute."""
    (tmp_path / "index.html").write_text("x")
    with server(tmp_path, 0) as waiting, ExitStack() as lines:
        for _ in range(100):
            lines.enter_context(socket.create_connection(waiting.server_address, timeout=5))


def test_a_slow_and_a_broken_client_hold_up_nobody(ask: Ask, port: int) -> None:
    for _ in range(20):
        assert ask("/index.html", method="HEAD")[0] == 200
    with connected(port) as slow, connected(port) as broken:
        slow.sendall(b"GET /index.html HTTP/1.1\r\nX: ")
        broken.sendall(b"GET /project/p/patch/%C3%A9@x/mbox HTTP/1.1\r\n\r\n")
        broken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        broken.close()
        assert ask("/index.html")[0] == 200
        slow.sendall(b"x\r\nConnection: close\r\n\r\n")
        assert b"content of index.html" in b"".join(iter(lambda: slow.recv(65536), b""))


def test_requests_on_one_connection_are_answered_in_turn(port: int) -> None:
    with connected(port) as line:
        line.sendall(
            b"HEAD /index.html HTTP/1.1\r\n\r\nGET /nowhere HTTP/1.1\r\n\r\n"
            b"GET /index.html HTTP/1.1\r\nRange: bytes=0-2\r\nConnection: close\r\n\r\n"
        )
        answers = b"".join(iter(lambda: line.recv(65536), b""))
    assert [answer[:3] for answer in answers.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404", b"206"]
    assert answers.endswith(b"\r\n\r\ncon") and b"content of 404.html" in answers


@pytest.mark.parametrize(
    "path",
    ["/.stillwork/manifest.db", "//.stillwork/manifest.db", "/./.stillwork/manifest.db", "/.stillwork//manifest.db",
     "/%2e/.stillwork/manifest.db", "/%2fmanifest.db/../.stillwork/manifest.db", "/%2f.stillwork/manifest.db",
     "/%2estillwork/manifest.db", "/.stillwork%2fmanifest.db", "/.stillwork", "/.stillwork/", "/x/../.stillwork/manifest.db",
     "/../secret", "/%2e%2e/secret", "/..%2fsecret", "/%2e%2e%2fsecret", "/.//..//secret"],
)  # fmt: skip
def test_hidden_files_and_those_outside_are_not_found(ask: Ask, path: str) -> None:
    status, answer = ask(path)
    assert status == 404
    assert b"content of 404.html" in answer


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/" + "x" * 5000, 404),
        ("/" + "x/" * 2500, 404),
        ("/" + "%ff" * 100, 404),
        ("/%00", 404),
        ("/index.html%00", 404),
        ("/index.html%0a", 404),
        ("/%zz", 400),
        ("/100%", 400),
        ("/%f", 400),
        ("//[", 404),
        ("/loop", 404),
        ("x", 400),
        ("*", 400),
        ("http://[/", 400),
        ("/api/patches/?page=" + "9" * 5000, 302),
        ("/api/patches/?msgid=" + "%ff" * 100, 302),
        ("/api/by-msgid/" + "x" * 5000 + "/", 404),
        ("/project/p/patch/" + "x" * 5000 + "/mbox?series=*", 404),
        ("/?" + "&" * 5000, 200),
        ("/", 200),
        ("//index.html", 200),
        ("/./index.html", 200),
    ],
)
def test_every_path_has_an_answer(ask: Ask, path: str, status: int) -> None:
    assert ask(path)[0] == status


@pytest.mark.parametrize(
    ("ranges", "status"),
    [
        ("bytes=0-6", 206),
        (f"bytes={'9' * 5000}-", 416),
        (f"bytes=0-{'9' * 5000}", 206),
        (f"bytes=-{'9' * 5000}", 206),
        (f"bytes={'0' * 5000}-", 416),
        ("bytes=5-2", 416),
        ("bytes=-", 200),
        ("bytes=a-b", 200),
        ("bytes=\xb2-", 200),
        ("bytes=0-1,3-4", 200),
    ],
)
def test_every_range_has_an_answer(ask: Ask, ranges: str, status: int) -> None:
    assert ask("/index.html", f"Range: {ranges}")[0] == status


def test_a_name_that_no_header_can_carry_is_left_out(ask: Ask) -> None:
    status, answer = ask("/project/p/patch/%C3%A9@x/mbox")
    assert status == 200
    assert "content of project/p/patch/é@x/mbox".encode() in answer
    assert b"filename=mail.patch" in answer


def test_a_path_to_a_folder_gets_its_slash_on_this_host(ask: Ask) -> None:
    assert b"\r\nLocation: /project/p/\r\n" in ask("/project/p")[1]
    assert b"\r\nLocation: /project/p/\r\n" in ask("//project/p")[1]


def test_a_browser_that_goes_away_leaves_no_trace(ask: Ask) -> None:
    assert ask("/", method="HEAD")[0] == 200
    assert ask("/", method="BREW")[0] == 501
