"""Step logs: what a process wrote, kept exactly, readable by line while it runs and afterwards.

The format on disk is described in docs/log-format.md. `LogWriter` keeps the output of one attempt,
`LogReader` and `follow` read it, `recover` repairs what a crash left.
"""
