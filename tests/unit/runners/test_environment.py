from __future__ import annotations

from tasktrail.runners.environment import DEFAULT_PATH, base_environment


def test_what_a_command_needs_is_passed_on() -> None:
    own = {
        "PATH": "/opt/bin",
        "HOME": "/home/ops",
        "LC_TIME": "C",
        "TZ": "UTC",
        "https_proxy": "http://proxy:3128",
        "NO_PROXY": "localhost",
        "SSL_CERT_FILE": "/etc/ca.pem",
    }
    assert base_environment(own) == own


def test_what_belongs_to_the_engine_stays_with_it() -> None:
    own = {
        "PATH": "/bin",
        "TASKTRAIL_DATA": "/srv",
        "TASKTRAIL_MARKER": "x:1:1",
        "DATABASE_URL": "postgresql://u:p@h/d",
        "AWS_SECRET_ACCESS_KEY": "s",
        "PATHX": "1",
        "XHOME": "1",
        "LC_": "1",
        "BASH_ENV": "/evil",
        "LD_PRELOAD": "evil.so",
        "PYTHONPATH": "/x",
    }
    assert base_environment(own) == {"PATH": "/bin"}


def test_there_is_always_a_path() -> None:
    assert base_environment({}) == {"PATH": DEFAULT_PATH}
