"""Real web servers with the configurations that a build makes, on free ports of this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import need

_NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
{user}
events {{ worker_connections 256; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  types {{ text/html html; }}
  {outside}
  server {{
    {inside}
    listen 127.0.0.1:{port};
    root "{root}";
    include "{root}/.stillwork/server/nginx.conf";
  }}
}}
"""
_APACHE = """
ServerRoot "{folder}"
PidFile "{folder}/httpd.pid"
ErrorLog "{folder}/error.log"
Listen 127.0.0.1:{port}
ServerName 127.0.0.1
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule mime_module {modules}/mod_mime.so
LoadModule setenvif_module {modules}/mod_setenvif.so
LoadModule rewrite_module {modules}/mod_rewrite.so
TypesConfig /dev/null
DocumentRoot "{root}"
{inside}
AllowEncodedSlashes On
<Directory "{root}">
  Require all granted
  Include "{root}/.stillwork/server/apache.conf"
</Directory>
"""
_CADDY = """
{{
  admin off
  auto_https off
  storage file_system {folder}/storage
}}
http://127.0.0.1:{port} {{
  root * "{root}"
  {outside}
  import "{root}/.stillwork/server/Caddyfile"
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def waited_for(port: int, running: subprocess.Popen[bytes]) -> bool:
    """Wait until something listens on a port; False when the program that should has ended."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        if running.poll() is not None:
            return False
        time.sleep(0.05)
    return False


@contextmanager
def nginx(root: Path, folder: Path, port: int = 0, **slots: str) -> Iterator[str]:
    """Serve a built site, on a free port if none is given; gives its URL.

    `outside` and `inside` are put where the shipped rules ask for more.
    """
    user = "user root;" if os.geteuid() == 0 else ""
    with _running(
        "nginx", _NGINX, root, folder, port, ["-p", str(folder), "-c"], user=user, **slots
    ) as url:
        yield url


@contextmanager
def apache(root: Path, folder: Path, port: int = 0, **slots: str) -> Iterator[str]:
    modules = "/usr/lib/apache2/modules"
    with _running(
        "apache2", _APACHE, root, folder, port, ["-X", "-f"], modules=modules, **slots
    ) as url:
        yield url


@contextmanager
def caddy(root: Path, folder: Path, port: int = 0, **slots: str) -> Iterator[str]:
    with _running(
        "caddy", _CADDY, root, folder, port, ["run", "--adapter", "caddyfile", "--config"], **slots
    ) as url:
        yield url


@contextmanager
def _running(
    name: str, template: str, root: Path, folder: Path, port: int, words: list[str], **options: str
) -> Iterator[str]:
    program = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    need(program, name)
    assert program
    port = port or free_port()
    config = folder / f"{name}.conf"
    options = {"inside": "", "outside": ""} | options
    config.write_text(template.format(folder=folder, port=port, root=root, **options))
    log = (folder / f"{name}.log").open("w+")
    environment = {**os.environ, "HOME": str(folder)}
    running = subprocess.Popen(
        [program, *words, str(config)], stderr=log, stdout=log, env=environment
    )
    try:
        if not waited_for(port, running):
            raise AssertionError((folder / f"{name}.log").read_text())
        yield f"http://127.0.0.1:{port}/"
    finally:
        running.terminate()
        running.wait()
        log.close()
