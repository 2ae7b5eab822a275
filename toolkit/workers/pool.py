"""Batches in processes of this machine, which may die: a hostile input costs itself, never the run."""

from __future__ import annotations

import gc
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from toolkit.workers.naming import named

Item = TypeVar("Item")
Result = TypeVar("Result")


def limit_memory(megabytes: int) -> None:
    """Keep this process below ``megabytes`` of data where the system can; a request beyond fails inside it."""
    if sys.platform == "linux":
        import resource

        ceiling = megabytes << 20
        resource.setrlimit(resource.RLIMIT_DATA, (ceiling, ceiling))


def _call(reference: str, batch: Any) -> Any:
    return named(reference)(batch)


def _start(initializer: str, argument: Any, memory_mb: int) -> None:
    if memory_mb:
        limit_memory(memory_mb)
    named(initializer)(argument)
    gc.freeze()  # what is there now stays; batches make many small values and few cycles
    gc.set_threshold(100_000, 50, 100)


def run_in_pool(
    function: str,
    batches: Sequence[Sequence[Item]],
    *,
    initializer: str,
    argument: Any,
    lost: Callable[[Item, str, dict[str, Any]], Result],
    workers: int,
    seconds: int,
    memory_mb: int,
) -> Iterator[tuple[int, Result]]:
    """Yield (number of items, result) of each batch as it is done; see :func:`toolkit.workers.run_batches`."""
    context = _context()
    with ProcessPool(
        max_workers=workers,
        context=context,
        initializer=_start,
        initargs=(initializer, argument, memory_mb),
    ) as pool:
        pending: dict[Any, Sequence[Item]] = {}

        def submit(batch: Sequence[Item]) -> None:
            limit = seconds + len(batch) - 1
            pending[pool.schedule(_call, args=(function, batch), timeout=limit)] = batch

        for batch in batches:
            submit(batch)
        try:
            while pending:
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    batch = pending.pop(future)
                    try:
                        yield len(batch), future.result()
                    except Exception as error:  # noqa: BLE001 - whatever a file does to a worker costs that file alone
                        if len(batch) > 1:
                            middle = len(batch) // 2
                            submit(batch[:middle])
                            submit(batch[middle:])
                        else:
                            yield 1, lost(batch[0], *_reason(error, seconds))
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def _reason(error: Exception, seconds: int) -> tuple[str, dict[str, Any]]:
    """Return why an item was lost: its process died, took too long or too much, or our own code failed on it."""
    if isinstance(error, FutureTimeout):
        return "@timed_out", {"seconds": seconds}
    if isinstance(error, MemoryError):
        return "@memory", {}
    if isinstance(error, ProcessExpired):
        return "@crashed", {}
    return "@fault", {"error": type(error).__name__}


def prepare() -> None:
    """Start what worker processes are forked from, where there is such a thing: it gets ready while the caller does other work."""
    if _context().get_start_method() == "forkserver":
        from multiprocessing import forkserver

        forkserver.ensure_running()


def _context() -> Any:
    """Return how processes are started: a prepared server to fork from where there is one, fresh interpreters elsewhere."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["toolkit.perfile", "toolkit.marking"])
        return context
    return multiprocessing.get_context("spawn")
