"""Comparing a cell with a text that may be too long for one formula: as a whole, by samples, or piece by piece.

Line breaks cannot stand in a constant, so they are replaced on both sides. Characters beyond the BMP count as one in some programs
and as two in others: behind the first of them pieces are looked for instead of being taken from their places.
"""

from __future__ import annotations

import unicodedata
from functools import cached_property

_LITERAL = 200
_PROBES = 3
_SHORTEST = 4
_BREAKS = "|~^¦§¶"


def quoted(text: str) -> str:
    """Return a text as formulas write it: a constant holds 255 characters, so a longer one is joined."""
    pieces = [text[at : at + _LITERAL] for at in range(0, len(text), _LITERAL)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def _usable(character: str) -> bool:
    """Say whether a character can stand in a formula and counts as one everywhere."""
    return character == "\t" or (" " <= character < "\ufffd" and unicodedata.category(character) not in ("Cc", "Cs"))


class HeldText:
    """A text that a cell holds, as formulas compare it. ``reference`` names the cell."""

    def __init__(self, text: str, reference: str) -> None:
        self.text, self.reference = text, reference

    @cached_property
    def _beyond(self) -> int:
        """Where the first character stands that programs count differently."""
        return next((at for at, character in enumerate(self.text) if character > "\uffff"), len(self.text))

    @cached_property
    def _stand_in(self) -> str:
        return next((character for character in _BREAKS if character not in self.text), "\u2028")

    def _compared(self, start: int, end: int) -> tuple[str, str]:
        """Return a piece of the text and the cell, both with line breaks replaced if there are any in the piece."""
        piece = self.text[start:end]
        if "\n" not in piece:
            return quoted(piece), self.reference
        replaced = f'SUBSTITUTE({self.reference},CHAR(10),"{self._stand_in}")'
        return quoted(piece.replace("\n", self._stand_in)), replaced

    def _runs(self, *, breaks: bool) -> list[tuple[int, int]]:
        """Return the stretches of characters that can stand in a formula, as (start, end)."""
        runs: list[tuple[int, int]] = []
        for at, character in enumerate(self.text):
            if _usable(character) or (breaks and character == "\n"):
                if runs and runs[-1][1] == at:
                    runs[-1] = (runs[-1][0], at + 1)
                else:
                    runs.append((at, at + 1))
        return runs

    def whole(self, budget: int) -> str:
        """Return the comparison with all of the text, or nothing where it takes more than ``budget`` characters."""
        if len(self.text) > budget or not all(_usable(each) or each > "\uffff" or each == "\n" for each in self.text):
            return ""
        constant, held = self._compared(0, len(self.text))
        found = f"ISTEXT({self.reference}),EXACT({held},{constant})"
        return found if len(found) <= budget else ""

    def sampled(self, budget: int) -> str:
        """Return a comparison of length and of some pieces, spread over the text, in at most ``budget`` characters."""
        pieces = [f"ISTEXT({self.reference})"]
        if self._beyond == len(self.text):
            pieces.append(f"LEN({self.reference})={len(self.text)}")
        room, runs = budget - len(",".join(pieces)), self._runs(breaks=False)
        for count in range(_PROBES, 0, -1):
            if probes := self._probes(runs, room // count - 1, count):
                return ",".join([*pieces, *probes])
        return ",".join(pieces)

    def _probes(self, runs: list[tuple[int, int]], room: int, count: int) -> list[str]:
        found: dict[int, str] = {}
        for number in range(count):
            wanted = (len(self.text) - 1) * number // max(count - 1, 1)
            near = sorted(runs, key=lambda run: max(run[0] - wanted, wanted - run[1] + 1, 0))
            for start, end in near[:3]:
                if number and number == count - 1:
                    first, piece, stop = self._last(start, end, room)
                else:
                    first = max(start, min(wanted, end - _SHORTEST))
                    piece, stop = self._longest(first, end, room)
                if len(piece) <= room and stop - first >= min(_SHORTEST, end - start) and first not in found:
                    found[first] = piece
                    break
        return list(found.values())

    def pieces(self, room: int, most: int) -> list[str]:
        """Return comparisons of ``room`` characters that cover the text, or ``most`` of them spread over a longer one."""
        runs = self._runs(breaks=True)
        starts = [start for start, _ in runs]
        found: list[str] = []
        if sum(end - start for start, end in runs) > most * room:
            wanted = [len(self.text) * at // most for at in range(most)]
            starts = [max((start for start in starts if start <= at), default=at) for at in wanted]
            spans = [(max(at, start), end) for at, start in zip(wanted, starts, strict=True)
                     for first, end in runs if first == start]  # fmt: skip
            return [self._longest(start, end, room)[0] for start, end in spans if start < end]
        for start, end in runs:
            position = start
            while position < end:
                piece, position = self._longest(position, end, room)
                found.append(piece)
        if len(found) > most:
            found = [found[at * (len(found) - 1) // (most - 1)] for at in range(most)]
        return found

    def _longest(self, start: int, end: int, room: int) -> tuple[str, int]:
        """Return the comparison with as much of ``start..end`` as there is room for, and where it stops."""
        length = min(end - start, room)
        while length > 1:
            piece = self._piece(start, start + length)
            if len(piece) <= room:
                return piece, start + length
            length -= max(1, (len(piece) - room) // 2)
        return self._piece(start, start + 1), start + 1

    def _last(self, start: int, end: int, room: int) -> tuple[int, str, int]:
        """Return where to begin a comparison that reaches to ``end``, the comparison, and its end."""
        first = max(start, end - room)
        while len(piece := self._piece(first, end)) > room and first < end - 1:
            first += max(1, (len(piece) - room) // 2)
        return first, piece, end

    def _piece(self, start: int, end: int) -> str:
        """Return what is true while the cell holds this piece of the text in its place."""
        constant, held = self._compared(start, end)
        if start > self._beyond:
            return f"ISNUMBER(FIND({constant},{held}))"
        return f"EXACT(MID({held},{start + 1},{end - start}),{constant})"
