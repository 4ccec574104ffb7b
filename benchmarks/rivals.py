"""What else people would search a static archive with, on the same patches: SQLite's FTS5, and Pagefind."""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generator.archive.database import Archive
from generator.archive.index_queries import PATCH, mail_key
from generator.search.documents import documents

#: How much of the positions FTS5 keeps.
DETAILS = ("full", "column", "none")


def fts5(archive: Path) -> dict[str, str]:
    """Bytes a patch and seconds for an index without the texts themselves."""
    with Archive(archive, read_only=True) as opened:
        ids = opened.sql.execute("SELECT id FROM patch ORDER BY date DESC")
        keys = [mail_key(PATCH, number) for (number,) in ids]
        rows = []
        for found in documents(opened, keys):
            texts = dict(found.texts)
            rows.append([texts.get(1 << bit, "") for bit in range(10)] + [" ".join(found.paths)])
    columns = ", ".join(f"c{n}" for n in range(11))
    told = {}
    for detail in DETAILS:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "fts.db")
            start = time.perf_counter()
            with sqlite3.connect(path) as sql:
                sql.execute(
                    f"CREATE VIRTUAL TABLE t USING fts5({columns}, content='', detail={detail}, "
                    "tokenize=\"unicode61 tokenchars '_'\")"
                )
                marks = ", ".join("?" * 11)
                sql.executemany(f"INSERT INTO t ({columns}) VALUES ({marks})", rows)
                sql.execute("INSERT INTO t (t) VALUES ('optimize')")
            sql.execute("VACUUM")
            seconds = time.perf_counter() - start
            size = path.stat().st_size / len(rows)
            told[f"FTS5 detail={detail}"] = f"{size:,.0f} B/patch, {seconds:,.1f} s"
    return told


def pagefind(output: Path) -> dict[str, str]:
    """The same for Pagefind on the pages of the patches, with its files and the memory that it took."""
    if not importlib.util.find_spec("pagefind"):
        return {"Pagefind": "not installed: pip install 'pagefind[bin]'"}
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "pagefind", "--silent", "--site", str(output), "--output-path", folder,
             "--glob", "project/*/patch/*/index.html"],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            return {"Pagefind": "failed"}
        seconds = time.perf_counter() - start
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        pages = sum(1 for path in output.glob("project/*/patch/*/index.html"))
        size = sum(path.stat().st_size for path in files)
        first = sum(path.stat().st_size for path in files if path.suffix == ".pf_meta")
        return {
            "Pagefind": f"{size / pages:,.0f} B/patch",
            "Pagefind, s": f"{seconds:,.1f}",
            "Pagefind, files": f"{len(files):,}",
            "Pagefind, read by each visitor, KB": f"{first / 1000:,.0f}",
            "Pagefind, peak MB": f"{usage.ru_maxrss / 1024:,.0f}",
        }
