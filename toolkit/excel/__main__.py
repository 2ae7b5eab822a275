"""``python -m toolkit.excel --request FILE``: what a macro starts."""

from __future__ import annotations

import sys
from pathlib import Path


def main(words: list[str]) -> int:
    """Serve the request that the macro wrote; the exit status is for whoever looks at it, the person is told otherwise."""
    if len(words) != 2 or words[0] != "--request":
        sys.stderr.write(f"{__doc__}\n")
        return 2
    from toolkit.excel.exchange import claim

    request = claim(Path(words[1]))
    if request is None:
        return 0
    if request.action in ("check", "accept"):
        from toolkit.workers.pool import prepare

        prepare()  # first of all: it takes as long as the rest of the start
    from toolkit.excel.clicks import serve_click

    try:
        serve_click(request)
    finally:
        request.forget()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
