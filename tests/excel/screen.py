"""A screen without a monitor: Xvfb keeps its picture in a file, xdotool moves the mouse."""

from __future__ import annotations

import os
import struct
import subprocess
import time
import zlib
from pathlib import Path


class Screen:
    """An X server of its own. ``display`` is what programs are told."""

    def __init__(self, folder: Path, width: int = 1500, height: int = 1000) -> None:
        self.width, self.height, self._folder = width, height, folder
        reading, writing = os.pipe()
        command = [
            "Xvfb",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            f"{width}x{height}x24",
            "-fbdir",
            str(folder),
            "-nolisten",
            "tcp",
        ]
        self._process = subprocess.Popen(
            command, pass_fds=(writing,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            self.display = f":{told.readline().strip()}"

    def close(self) -> None:
        """Switch it off."""
        self._process.terminate()
        self._process.wait(10)

    def xdotool(self, *words: str) -> str:
        """Move the mouse, press keys, look for windows."""
        env = os.environ | {"DISPLAY": self.display}
        return subprocess.run(["xdotool", *words], env=env, capture_output=True, text=True, timeout=30).stdout

    def click(self, x: int, y: int) -> None:
        """Click with the left button."""
        self.xdotool("mousemove", str(x), str(y))
        time.sleep(0.2)  # a person's hand
        self.xdotool("click", "1")

    def pixels(self) -> bytes:
        """Return the picture, three bytes a pixel: red, green, blue."""
        data = (self._folder / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])
        start = header[0] + header[19] * 12
        line = header[12]
        rows = (data[start + line * row : start + line * row + self.width * 4] for row in range(self.height))
        picture = bytearray()
        for row in rows:
            rgb = bytearray(self.width * 3)
            rgb[0::3], rgb[1::3], rgb[2::3] = row[2::4], row[1::4], row[0::4]
            picture += rgb
        return bytes(picture)

    def count(self, colour: str) -> int:
        """Return how many pixels have a colour, ``RRGGBB``."""
        wanted = bytes.fromhex(colour)
        picture = self.pixels()
        found, at = 0, picture.find(wanted)
        while at >= 0:
            found += at % 3 == 0
            at = picture.find(wanted, at + 1)
        return found

    def save(self, path: Path) -> None:
        """Write the picture as PNG."""
        picture = self.pixels()
        lines = b"".join(b"\0" + picture[at : at + self.width * 3] for at in range(0, len(picture), self.width * 3))

        def chunk(kind: bytes, content: bytes) -> bytes:
            return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        path.write_bytes(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
        )
