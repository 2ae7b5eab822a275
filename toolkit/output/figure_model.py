"""What a figure is: its value, what it is a share of, the rows behind it, and what must be said beside it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Basis:
    """Which rows stand behind a figure: those of a ledger's view that meet a condition in SQL."""

    ledger: str
    condition: str


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a grouped figure, or one item of several that must all be 是. ``rows`` is 人次, ``value`` what is counted,
    ``whole`` what the value is a share of, where that differs from part to part. ``value`` is None where it is too small to be told."""

    name: str
    value: float | None
    rows: int
    whole: float | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``value`` is None where a rate has nothing to be a rate of.

    ``whole`` is what the figure is a share of, ``rows`` how many rows stand behind it, ``names`` the stations counted, where
    they are told. ``rate``: the share is what it tells. ``base`` is how many rows its ledger has in the window: where there are none,
    the ledger says nothing. ``unclear`` rows would count or not, but leave empty what decides it. ``scope`` says how the window was
    applied: ``dated``, ``year`` or ``standing``. ``remarks`` are sentences; ``details`` what it lists, item by item. ``hidden``: it is
    about too few people to be told.
    """

    id: str
    section: str
    ledger: str
    name: str
    value: float | None
    unit: str
    definition: str
    rows: int
    whole: float | None = None
    parts: tuple[Part, ...] = ()
    names: tuple[str, ...] = ()
    code: str = ""
    rate: bool = False
    rounded: bool = False
    base: int = 0
    unclear: int = 0
    scope: str = "standing"
    formula: str = ""
    basis: tuple[Basis, ...] = ()
    reports: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    details: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    hidden: bool = False

    @property
    def overlaps(self) -> bool:
        """Whether people stand in several of its groups, or in one several times, so that 人次 is worth telling."""
        return bool(self.parts) and self.unit == "people" and self.rows != self.value

    @property
    def share(self) -> float | None:
        """The figure as a share of its whole."""
        return self.value / self.whole if self.whole and self.value is not None else None

    @property
    def told(self) -> bool:
        """Whether the ledgers say anything about it: rows in the window, and a value or a rate; of money, at least one amount."""
        if self.base == 0 or self.value is None or (self.unit == "yuan" and self.rows == 0):
            return False
        return not self.rate or self.share is not None
