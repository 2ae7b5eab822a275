"""What county, city, province and nation would take, computed from the measured figures: the tables of ``docs/scale.md``.

python -m benchmarks.scale
"""

from __future__ import annotations

STATIONS, FILES, ROWS = 359, 2_441, 66_863
"""The sample county, as measured."""
MEGABYTES = {"stations' files": 29.7, "state (database, rows of two runs)": 11.0, "outputs": 12.0}
READING = 10.7
"""CPU seconds for reading and checking a county's files."""
REST = 9.6
"""CPU seconds of everything else of a county's run, on one core."""
BASE, PER_FILE = 370, 0.08
"""MB of the main process, and for each file."""
SCANNING = {"local disk": 0.02, "share": 1.0}
"""Milliseconds to look at a file; the share's is that of a round trip in an office network, not measured."""
CHANGED = 0.05
"""How much of the files changes in a night, assumed: a station sends something every three weeks."""
LEVELS = {"county": 1, "city": 6, "province": 75, "nation": 1_670}
"""Counties of the sample's size."""


def time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def size(megabytes: float) -> str:
    return (
        f"{megabytes:.0f} MB"
        if megabytes < 1000
        else f"{megabytes / 1000:.1f} GB"
        if megabytes < 1e6
        else f"{megabytes / 1e6:.1f} TB"
    )


def main() -> None:
    lines: dict[str, list[str]] = {}
    for counties in LEVELS.values():
        files = FILES * counties
        first = (READING / 2 + REST) * counties
        cells = {
            "stations": f"{STATIONS * counties:,}",
            "files": f"{files:,}",
            "rows": f"{ROWS * counties:,}",
            **{name: size(each * counties) for name, each in MEGABYTES.items()},
            "CPU, first run": time((READING + REST) * counties),
            "first run, 2 cores": time(first),
            "main process": size(BASE + PER_FILE * files),
            "looking at all files, local disk": time(SCANNING["local disk"] * files / 1000),
            "looking at all files, share": time(SCANNING["share"] * files / 1000),
            "night, 5 % changed, 2 cores": time(READING / 2 * CHANGED * counties + REST * counties),
        }
        for name, cell in cells.items():
            lines.setdefault(name, []).append(cell)
    print("| | " + " | ".join(LEVELS) + " |\n" + "|---" * (len(LEVELS) + 1) + "|")
    for name, row in lines.items():
        print(f"| {name} | " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
