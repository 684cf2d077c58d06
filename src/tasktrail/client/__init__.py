"""A typed client of the REST API, for programs and for the command line.

    async with connect("https://tasks.example.com", key) as client:
        task_id = await client.submit(Submission(...))

The methods are those of `tasktrail.local.client.Client`: the same for a server far away and for an
engine on this machine. A whole program is in docs/command-line.md.
"""

from tasktrail.client.connection import connect
from tasktrail.local.log_shape import LogLines
from tasktrail.local.outage import Outage
from tasktrail.local.request import (
    LogSelection,
    Person,
    Recording,
    Submission,
    TaskDeed,
    TaskFilter,
    TaskSelection,
    WatchSelection,
)
from tasktrail.local.shape import History, Task, TaskChanged, TaskList, read

__all__ = [
    "History",
    "LogLines",
    "LogSelection",
    "Outage",
    "Person",
    "Recording",
    "Submission",
    "Task",
    "TaskChanged",
    "TaskDeed",
    "TaskFilter",
    "TaskList",
    "TaskSelection",
    "WatchSelection",
    "connect",
    "read",
]
