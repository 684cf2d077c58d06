"""The git repository of the shop, with two versions: a good one and a bad one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


class ShopRepository:
    """Made from the shop of the examples. Version 2.0.0 miscalculates, and its tests find out."""

    def __init__(self, path: Path, examples: Path) -> None:
        self.path = path
        self._shop = examples / "shop"
        self._patch = examples / "shop-2.0.0.patch"

    @property
    def pipeline(self) -> Path:
        """The Wodby CI pipeline file that the repository has."""
        return self.path / ".wodby" / "pipeline.yml"

    def create(self) -> None:
        """Commit version 1.0.0."""
        shutil.copytree(self._shop, self.path, ignore=shutil.ignore_patterns("__pycache__"))
        self._git("init", "--quiet", "--initial-branch", "main")
        self._commit("Open the shop", tag="v1.0.0")

    def add_bad_version(self) -> None:
        """Commit version 2.0.0 on top."""
        self._git("apply", str(self._patch))
        self._commit("Give a discount on large orders", tag="v2.0.0")

    def _commit(self, message: str, *, tag: str) -> None:
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", message)
        self._git("tag", tag)

    def _git(self, *arguments: str) -> None:
        # Hooks, signing and templates of the user's own configuration have no place here.
        environment = {
            **os.environ,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            **{f"GIT_{role}_NAME": "Shop developer" for role in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{role}_EMAIL": "developer@shop.example" for role in ("AUTHOR", "COMMITTER")},
        }
        subprocess.run(["git", *arguments], cwd=self.path, env=environment, check=True)
