"""Running a function over batches: in processes of this machine, or on a cluster.

A batch whose worker dies, takes too long or too much memory is split until the guilty item stands alone: that one is lost, never the run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Compute:
    """Where and within which limits to compute.

    ``engine``: local, dask, or serial (in this very process, without protection: for tests and for looking into a fault).
    ``workers``: how many processes, None for one a core; ``cluster``: the address of a Dask scheduler, empty to start one here;
    ``seconds``: for one item; ``memory_mb``: for one process.
    """

    engine: str = "local"
    workers: int | None = None
    cluster: str = ""
    seconds: int = 60
    memory_mb: int = 2048


class EngineError(Exception):
    """The engine cannot be used; ``name`` is an entry of the catalogue, ``params`` fill its sentence."""

    def __init__(self, name: str, **params: Any) -> None:
        super().__init__(name)
        self.name, self.params = name, params


def worker_count(configured: int | None) -> int:
    """Return how many processes to use; None means one a core that this process may use."""
    if configured is not None:
        return configured
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores)


def run_batches(
    function: str,
    batches: Sequence[Sequence[Item]],
    *,
    initializer: str,
    argument: Any,
    lost: Callable[[Item, str, dict[str, Any]], Result],
    compute: Compute,
) -> Iterator[tuple[int, Result]]:
    """Yield (number of items, result) of each batch as it is done.

    ``function`` and ``initializer`` are named as ``module:name``, so that only the workers import what they need.
    ``initializer(argument)`` prepares every process. ``lost(item, reason, params)`` makes the result of an item whose process
    died (``@crashed``), took too long (``@timed_out``) or too much memory (``@memory``), or on which our own code failed (``@fault``).

    Raises:
        EngineError: the cluster cannot be reached, or is not of this version.
    """
    if compute.engine == "serial":
        from toolkit.workers.naming import named

        named(initializer)(argument)
        for batch in batches:
            yield len(batch), named(function)(batch)
    elif compute.engine == "dask":
        from toolkit.workers.cluster import run_on_cluster

        yield from run_on_cluster(
            function, batches, initializer=initializer, argument=argument, lost=lost, compute=compute
        )
    else:
        from toolkit.workers.pool import run_in_pool

        yield from run_in_pool(
            function, batches, initializer=initializer, argument=argument, lost=lost, workers=worker_count(compute.workers),
            seconds=compute.seconds, memory_mb=compute.memory_mb,
        )  # fmt: skip


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
