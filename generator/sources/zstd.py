"""A Zstandard stream (RFC 8878) that notices a truncated file; the library's own doesn't."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

import zstandard

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Compressed bytes read at once: few, because a hostile file unpacks to some 30,000 times its size.
_CHUNK = 2048


class ZstdStream(io.RawIOBase):
    """Reads all frames of a compressed stream; raises EOFError where the last one is incomplete."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
        self._frame = self._unpacker.decompressobj()
        self._in_frame = False
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer).cast("B")
        while not self._ready:
            packed = self._source.read(_CHUNK)
            if not packed:
                if self._in_frame:
                    raise EOFError("the last frame is incomplete")
                return 0
            self._ready = memoryview(self._unpack(packed))
        length = min(len(target), len(self._ready))
        target[:length] = self._ready[:length]
        self._ready = self._ready[length:]
        return length

    def _unpack(self, packed: bytes) -> bytes:
        parts = []
        while packed:
            parts.append(self._frame.decompress(packed))
            self._in_frame = not self._frame.eof
            packed = b""
            if self._frame.eof:
                packed = self._frame.unused_data
                self._frame = self._unpacker.decompressobj()
        return b"".join(parts)

    def close(self) -> None:
        self._source.close()
        super().close()
