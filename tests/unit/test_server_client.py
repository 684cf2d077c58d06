from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from tasktrail.errors import InvalidInputError
from tasktrail.server_client import server_client


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_used_are_told_with_their_file(
    tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(InvalidInputError, match=f"{file} cannot be used"):
        server_client(
            "https://tasks.example.com",
            "/v1",
            key="k",
            agent="test",
            timeout=httpx2.Timeout(1),
            ca_file=str(file),
        )
