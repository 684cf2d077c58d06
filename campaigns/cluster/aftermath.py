"""What is wrong with a cluster after all that it has been through."""

from __future__ import annotations

from collections.abc import Iterable

from stage import Stage

from faults.verdict import Verdict, all_records, judged
from tasktrail.logs.place import LogPlace
from tasktrail.store.postgresql import PostgresqlStore
from tasktrail.verification.finding import Invariant
from tasktrail.verification.leftovers import marked_processes
from tasktrail.verification.verify import verify


async def verdict_on(stage: Stage, accepted: Iterable[int]) -> Verdict:
    """Look at the database, which nobody uses any more, at the log store, and at what the workers
    have left."""
    store = PostgresqlStore(stage.database)
    (logs,) = stage.cluster.logs.iterdir()  # those of this installation
    try:
        found = await verify(store, LogPlace(logs), "nobody")
        records = await all_records(store)
    finally:
        await store.aclose()
    verdict = judged(found, records, accepted, stage.cluster.catalog / "starts")
    for data in (one.parent for one in stage.directory.glob("cluster/worker-*/identity")):
        verdict.left += [
            f"{Invariant.PROCESSES.name}: {marked.found.name} of {data.name} lives on"
            for marked in marked_processes((data / "identity").read_text().split()[0])
        ]
        verdict.left += [f"the workspace {path.name}" for path in data.glob("workspaces/*")]
    return verdict
