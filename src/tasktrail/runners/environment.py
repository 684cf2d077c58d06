"""What a step's environment starts from."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PASSED_ON = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TERM"
    r"|SSL_CERT_FILE|SSL_CERT_DIR"
    r"|(?i:http_proxy|https_proxy|ftp_proxy|all_proxy|no_proxy)"
)
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where commands are looked for when the engine itself was started without PATH."""


def base_environment(own: Mapping[str, str]) -> dict[str, str]:
    """The part of the engine's environment `own` that steps get.

    An allow-list: tokens, database addresses and whatever else the engine was given stay with it.
    """
    passed_on = {name: value for name, value in own.items() if _PASSED_ON.fullmatch(name)}
    return {"PATH": DEFAULT_PATH, **passed_on}
