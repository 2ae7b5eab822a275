"""L4's five classes against the age at the end of the period and the year of discharge (W309, X8).

Below ``ages[0]`` and from there to ``ages[1]`` meet at exactly the first age: ``boundary_in`` says which of the two takes it.
``upper_in`` says whether exactly the second age still belongs.

FAIL: 历年退役50岁以下未就业军人 aged 53      PASS: 当年退役军人 discharged in the year of the period
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from toolkit.rules.base import Batch, Hit, Settings, age_on, each


def check(batch: Batch, settings: Settings) -> Iterator[Hit]:
    """Yield every class that age or discharge contradict."""
    chosen = batch.values(settings["class"])
    born = batch.births(settings["id"])
    first, last = batch.dates(settings["discharged"])
    low, high = settings["ages"]
    top = high if settings.get("upper_in") else high - 1
    for row in each(np.array([value is not None for value in chosen], dtype=bool) & ~batch.excluded):
        day = batch.day(row)
        age = None if np.isnan(born[row]) else age_on(born[row], day.toordinal())
        params = {"value": chosen[row], "date": day.isoformat(), "age": age}
        if chosen[row] == settings["under_50"] and age is not None:
            if age > low or (age == low and settings["boundary_in"] == "from_50"):
                yield Hit(
                    row,
                    settings["class"],
                    "W309",
                    params | {"reason": "@class_under_50"},
                    None,
                    ((row, settings["id"]),),
                )
        elif chosen[row] == settings["from_50"] and age is not None:
            if not low <= age <= top or (age == low and settings["boundary_in"] == "under_50"):
                yield Hit(
                    row,
                    settings["class"],
                    "W309",
                    params | {"reason": "@class_from_50"},
                    None,
                    ((row, settings["id"]),),
                )
        elif chosen[row] == settings["this_year"] and not np.isnan(first[row]):
            years = {_year(first[row]), _year(last[row])}
            if day.year not in years:
                reason = {"reason": "@class_this_year", "year": min(years), "expected": day.year}
                yield Hit(row, settings["class"], "W309", params | reason, None, ((row, settings["discharged"]),))


def _year(ordinal: float) -> int:
    from datetime import date

    return date.fromordinal(int(ordinal)).year
