"""All benchmarks, one after the other: ``make bench``."""

import runpy
import sys

for name in ("start", "click", "county", "checks", "marking", "cross", "scaling"):
    print(f"\n== {name}")
    sys.argv = [name]
    runpy.run_module(f"benchmarks.{name}", run_name="__main__")
