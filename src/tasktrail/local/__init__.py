"""Talking to the engine of a data directory: named operations on JSON-shaped values.

Whoever owns a data directory serves its operations on a Unix domain socket in it; everybody else
is a client of that socket. The command line knows only `Client`, so that the socket can be
replaced by another transport without a change to it.
"""
