"""What is measured while the server works, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from tasktrail.actions.ledger import Decided
from tasktrail.model.instant import Instant, seconds_between
from tasktrail.model.status import TASK_STATUSES, Status
from tasktrail.model.step import Attempt

_SECONDS = (0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400)
_FAST = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Instruments:
    """Counts what is decided about tasks, and what is asked over HTTP, since the start.

    `running_jobs` and `slots` are those of the engine. Nothing is labelled by a name that users
    choose, so that there are never more series than statuses and routes.
    """

    def __init__(self, running_jobs: Callable[[], int], slots: int) -> None:
        self._registry = CollectorRegistry()
        self._accepted = self._counter("tasks_accepted", "Tasks accepted.")
        self._ended = self._counter("tasks_ended", "Tasks ended, by status.", "status")
        self._live = self._gauge("tasks_live", "Tasks that have not ended, by status.", "status")
        self._wait = self._histogram(
            "task_wait_seconds", "From the submission of a task to the start of its first job."
        )
        self._duration = self._histogram(
            "task_duration_seconds", "From the start of a task to its end.", "status"
        )
        self._attempts = self._counter("attempts_ended", "Attempts at steps, by status.", "status")
        self._log_bytes = self._counter("log_bytes", "Bytes of text in logs of ended attempts.")
        self._requests = self._counter(
            "http_requests", "Requests answered.", "method", "route", "status"
        )
        self._answer_time = self._histogram(
            "http_request_seconds", "Until an answer had begun.", "route", buckets=_FAST
        )
        jobs = self._gauge("jobs_running", "Jobs that are being carried out.")
        jobs.set_function(running_jobs)
        self._gauge("slots", "Jobs that the engine runs at once.").set(slots)
        for status in TASK_STATUSES:
            self._live.labels(status).set(0)

    def follow(self, decided: Decided) -> None:
        """Count a durable decision."""
        for event in decided.changes.events:
            if event.job_id is None and event.to_status is not None:
                self._count_status(decided, event.from_status, event.to_status)
        for attempt in decided.changes.attempts.values():
            self._count_attempt(attempt)

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request; `route` is the path as the route table has it."""
        # Clients may make up methods: each would be a series of its own.
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._answer_time.labels(route).observe(seconds)

    def text(self, live: dict[Status, int]) -> bytes:
        """All of it in the text format of Prometheus; `live` tasks as the records have them."""
        for status in TASK_STATUSES:
            if not status.final:
                self._live.labels(status).set(live.get(status, 0))
        return generate_latest(self._registry)

    def _count_status(self, decided: Decided, before: Status | None, after: Status) -> None:
        task = decided.task
        if before is None:
            self._accepted.inc()
        if after is Status.IN_PROGRESS and task.started_at is not None and before is Status.QUEUED:
            self._wait.observe(_seconds(task.created_at, task.started_at))
        if after.final:
            self._ended.labels(after).inc()
            if task.started_at is not None and task.ended_at is not None:
                self._duration.labels(after).observe(_seconds(task.started_at, task.ended_at))

    def _count_attempt(self, attempt: Attempt) -> None:
        if attempt.ended_at is None:
            return
        self._attempts.labels(attempt.status).inc()
        if attempt.log is not None:
            self._log_bytes.inc(attempt.log.bytes)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"tasktrail_{name}", text, labels, registry=self._registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"tasktrail_{name}", text, labels, registry=self._registry)

    def _histogram(
        self, name: str, text: str, *labels: str, buckets: tuple[float, ...] = _SECONDS
    ) -> Histogram:
        return Histogram(
            f"tasktrail_{name}", text, labels, registry=self._registry, buckets=buckets
        )


def _seconds(start: Instant, end: Instant) -> float:
    """Never negative, though a clock may have been set back."""
    return max(0.0, seconds_between(start, end))
