"""The files that `make web` has built, as they are sent."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path

BUILT = Path(__file__).parent / "static"
"""Where the build puts them, and from where a wheel takes them."""

_ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""What the build compresses beforehand, best first."""
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file, also compressed where the build has done that. `encodings` maps names of content
    codings to bytes."""

    content: bytes
    media_type: str
    caching: str
    encodings: dict[str, bytes]

    def encoded(self, accepted: str) -> tuple[bytes, str | None]:
        """The bytes for a client that accepts these content codings, and which one they have."""
        names = {_coding(part) for part in accepted.split(",")}
        for name, content in self.encodings.items():
            if name in names:
                return content, name
        return self.content, None


class BuiltFiles:
    """The files of one build. A later build in the same place is noticed."""

    def __init__(self, directory: Path = BUILT) -> None:
        self._directory = directory
        self._built: int | None = None
        self._files: dict[str, BuiltFile] = {}

    def page(self) -> BuiltFile | None:
        """The one page there is; None where nothing has been built."""
        return self._current().get("/index.html")

    def find(self, path: str) -> BuiltFile | None:
        """The file at a path such as `/assets/main-1a2b.js`. Only what was there is ever found."""
        return self._current().get(path)

    def _current(self) -> dict[str, BuiltFile]:
        try:
            built = (self._directory / "index.html").stat().st_mtime_ns
        except OSError:
            return {}
        if built != self._built:
            self._files = _read(self._directory)
            self._built = built
        return self._files


def _coding(part: str) -> str | None:
    """A content coding that a client names; None for one that it says it does not take."""
    name, _, weight = part.replace(" ", "").partition(";q=")
    return None if weight and not weight.strip("0.") else name.lower()


def _read(directory: Path) -> dict[str, BuiltFile]:
    found = [path for path in sorted(directory.rglob("*")) if path.is_file()]
    compressed = set(_ENCODINGS.values())
    return {
        f"/{path.relative_to(directory).as_posix()}": _file(path, directory)
        for path in found
        if path.suffix not in compressed
    }


def _file(path: Path, directory: Path) -> BuiltFile:
    encodings = {
        name: beside.read_bytes()
        for name, suffix in _ENCODINGS.items()
        if (beside := path.with_name(path.name + suffix)).is_file()
    }
    # Only names in `assets` change with what is in them.
    hashed = path.parent == directory / "assets"
    return BuiltFile(
        path.read_bytes(), _media_type(path), _FOREVER if hashed else _ASK_AGAIN, encodings
    )


def _media_type(path: Path) -> str:
    # Machines differ in their word for JavaScript, and with `nosniff` a wrong one keeps it from
    # running.
    known = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
    kind = known.get(path.suffix)
    if kind is not None:
        return f"{kind}; charset=utf-8"
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"
