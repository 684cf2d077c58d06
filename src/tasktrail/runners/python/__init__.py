"""Steps that are Python functions: called in worker processes, which can be killed.

`runner`, `pool`, `worker_process`, `step_output` and `messages` are the engine's side. The others
run in the worker and import little: a first step waits for that.
"""
