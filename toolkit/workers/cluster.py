"""Batches on a Dask cluster: the same functions, the same results; a worker that dies costs time, a hostile file itself."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

from toolkit.workers import Compute, EngineError, worker_count
from toolkit.workers.naming import named
from toolkit.workers.version import code_version

Item = TypeVar("Item")
Result = TypeVar("Result")
_PREPARED: list[tuple[str, str]] = []
_PATIENCE = 15
"""Seconds to wait for a scheduler to answer."""


def _call(function: str, batch: Any, initializer: str, argument: Any, job: str, limit: float) -> Any:
    """Run a batch in a worker; a worker that is at it for too long ends itself, and its supervisor starts another."""
    if [(initializer, job)] != _PREPARED:
        named(initializer)(argument)
        _PREPARED[:] = [(initializer, job)]
    watch = threading.Timer(limit, os._exit, [3])
    watch.daemon = True
    watch.start()
    try:
        return named(function)(batch)
    finally:
        watch.cancel()


def _same(argument: Any) -> Any:
    return argument


def run_on_cluster(
    function: str,
    batches: Sequence[Sequence[Item]],
    *,
    initializer: str,
    argument: Any,
    lost: Callable[[Item, str, dict[str, Any]], Result],
    compute: Compute,
) -> Iterator[tuple[int, Result]]:
    """Yield (number of items, result) of each batch as it is done; see :func:`toolkit.workers.run_batches`.

    Raises:
        EngineError: Dask is not installed, the scheduler cannot be reached, or its workers run other code.
    """
    try:
        import dask
        import distributed
    except ImportError:
        raise EngineError("engine.no_dask") from None
    dask_: Any = distributed  # its interface has no annotations
    with ExitStack() as stack:
        stack.enter_context(
            dask.config.set({"distributed.scheduler.allowed-failures": 0, "logging.distributed": "error"})
        )
        target: Any = compute.cluster
        if not target:
            target = stack.enter_context(
                dask_.LocalCluster(n_workers=worker_count(compute.workers), threads_per_worker=1, dashboard_address=None,
                             memory_limit=f"{compute.memory_mb}MB", silence_logs=40)
            )  # fmt: skip
        try:
            client = stack.enter_context(dask_.Client(target, timeout=_PATIENCE))
            versions = set(client.run(code_version).values())
        except (OSError, TimeoutError) as error:
            raise EngineError("engine.unreachable", address=compute.cluster, reason=type(error).__name__) from None
        if versions - {code_version()}:
            raise EngineError("engine.other_version", address=compute.cluster)
        shared = client.submit(_same, argument, pure=False)  # unlike scattered data it is made again if its worker dies
        job = str(shared.key)

        def submit(batch: Sequence[Item]) -> Any:
            limit = compute.seconds + len(batch) - 1
            return client.submit(_call, function, batch, initializer, shared, job, limit, pure=False)

        suspects: list[Sequence[Item]] = []
        pending = {submit(batch): batch for batch in batches}
        waiting = dask_.as_completed(list(pending))
        for future in waiting:
            batch = pending.pop(future)
            try:
                yield len(batch), future.result()
                continue
            except Exception as error:  # noqa: BLE001 - whatever a file does to a worker costs that file alone
                fault = "" if isinstance(error, dask_.KilledWorker) else type(error).__name__
            if len(batch) > 1:
                for part in (batch[: len(batch) // 2], batch[len(batch) // 2 :]):
                    new = submit(part)
                    pending[new] = part
                    waiting.add(new)
            elif fault:
                yield 1, lost(batch[0], "@fault", {"error": fault})
            else:
                suspects.append(batch)
        # What was in the hands of a worker that died may have died with another's doing: each is tried once more, by itself.
        for batch in suspects:
            try:
                yield 1, submit(batch).result()
            except dask_.KilledWorker:
                yield 1, lost(batch[0], "@crashed", {})
            except Exception as error:  # noqa: BLE001
                yield 1, lost(batch[0], "@fault", {"error": type(error).__name__})
