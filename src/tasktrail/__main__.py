"""`python -m tasktrail`: the command line, where no script is installed for it."""

from __future__ import annotations

from tasktrail.cli.main import main

if __name__ == "__main__":
    main()
