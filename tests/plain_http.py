"""What clients of servers on this machine need, which speak without TLS."""

from __future__ import annotations

import ssl

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody: a client with it does not read first whom the machine trusts, for 20 ms."""
