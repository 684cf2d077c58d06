"""The Temporal engine: a Temporal cluster gives jobs to workers on many machines.

One workflow for each task starts ready jobs as activities in the task queue of their pool, waits,
and asks the store what to do next. Only names and ids go through it.
"""
