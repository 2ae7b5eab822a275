"""Running a function over batches in processes that may die: a hostile input costs itself, never the run.

A batch whose worker dies or takes too long is split until the guilty item stands alone.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures import TimeoutError as FutureTimeout
from importlib import import_module
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

Item = TypeVar("Item")
Result = TypeVar("Result")


def worker_count(configured: int | None) -> int:
    """Return how many processes to use; None means one a core that this process may use."""
    if configured is not None:
        return configured
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores)


def limit_memory(megabytes: int) -> None:
    """Keep this process below ``megabytes`` of data where the system can; a request beyond fails inside it."""
    if sys.platform == "linux":
        import resource

        ceiling = megabytes << 20
        resource.setrlimit(resource.RLIMIT_DATA, (ceiling, ceiling))


def _named(reference: str) -> Callable[..., Any]:
    """Return the function that ``module:name`` means: looked up in the worker, so that the caller need not import it."""
    module, _, name = reference.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function


def _call(reference: str, batch: Any) -> Any:
    return _named(reference)(batch)


def _start(initializer: str, argument: Any, memory_mb: int) -> None:
    if memory_mb:
        limit_memory(memory_mb)
    _named(initializer)(argument)
    gc.freeze()  # what is there now stays; batches make many small values and few cycles
    gc.set_threshold(100_000, 50, 100)


def run_batches(
    function: str,
    batches: Sequence[Sequence[Item]],
    *,
    initializer: str,
    argument: Any,
    lost: Callable[[Item, str, dict[str, Any]], Result],
    workers: int | None = None,
    seconds: int = 60,
    memory_mb: int = 2048,
) -> Iterator[tuple[int, Result]]:
    """Yield (number of items, result) of each batch as it is done.

    ``function`` and ``initializer`` are named as ``module:name``, so that only the workers import what they need.
    ``initializer(argument)`` prepares every process. ``lost(item, reason, params)`` makes the result of an item whose process
    died (``@crashed``), took more than ``seconds`` (``@timed_out``) or too much memory (``@memory``), or on which our own code failed
    (``@fault``).
    """
    context = _context()
    with ProcessPool(
        max_workers=worker_count(workers),
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


def in_batches(
    items: Sequence[Item], weight: Callable[[Item], int], workers: int, *, most: int = 100, heavy: int = 4 << 20
) -> list[list[Item]]:
    """Return ``items`` in batches: at most ``most`` items or ``heavy`` of weight each, and several for every worker."""
    size = max(1, min(most, -(-len(items) // (workers * 3))))
    batches: list[list[Item]] = []
    current: list[Item] = []
    load = 0
    for item in items:
        if current and (len(current) >= size or load + weight(item) > heavy):
            batches.append(current)
            current, load = [], 0
        current.append(item)
        load += weight(item)
    if current:
        batches.append(current)
    return batches
