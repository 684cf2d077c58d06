"""A typed client of the REST API, for programs and for the command line.

    async with connect("https://tasks.example.com", key) as client:
        task_id = await client.submit(...)

The methods are those of `tasktrail.local.client.Client`: the same for a server far away and for an
engine on this machine.
"""

from tasktrail.client.connection import connect

__all__ = ["connect"]
