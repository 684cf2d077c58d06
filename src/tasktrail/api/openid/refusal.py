"""Why nobody can be signed in by a provider."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """What went wrong between the browser, the provider and us."""

    UNAVAILABLE = "provider_unavailable"
    """It cannot be reached, or does not say what a provider says."""
    NOT_BEGUN = "not_begun_here"
    """The browser did not begin this sign-in, has finished it before, or took too long."""
    DENIED = "denied"
    """The provider did not let the person through."""
    NOT_PROVEN = "not_proven"
    """What it answered proves nothing: signed by nobody known, expired, for somebody else."""


class OpenIdError(Exception):
    """Signing in by the provider does not go on; `reason` is for our log, not for people."""

    def __init__(self, fault: Fault, reason: str) -> None:
        super().__init__(f"{fault}: {reason}")
        self.fault = fault
        self.reason = reason
