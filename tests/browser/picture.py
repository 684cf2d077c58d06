"""Small pictures: PNG files of at most 256 colours, which is all that pages have but for the edges
of their letters."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

from playwright.sync_api import Page

_MOST_COLOURS = 256

# The browser knows how to read a PNG; counting and replacing colours is its work, too.
_REDUCE = """async ([encoded, most]) => {
  const bytes = Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
  const {width, height} = image;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const pixels = new Uint32Array(canvas.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const parts = (colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
  const distance = (one, other) =>
    one.reduce((sum, part, index) => sum + (part - other[index]) ** 2, 0);
  // The most frequent colours first, and none that is hardly another one than those before it.
  const frequent = [...counts].sort((one, other) => other[1] - one[1]);
  const palette = frequent.slice(0, 48).map(([colour]) => parts(colour));
  for (const near of [150, 40, 0]) {
    for (const [colour] of frequent) {
      if (palette.length === most) break;
      const own = parts(colour);
      if (palette.every((one) => distance(one, own) > near)) palette.push(own);
    }
  }
  const nearest = new Map();
  for (const colour of counts.keys()) {
    const own = parts(colour);
    let [best, least] = [0, Infinity];
    palette.forEach((one, index) => {
      const far = distance(one, own);
      if (far < least) [best, least] = [index, far];
    });
    nearest.set(colour, best);
  }
  const indices = Uint8Array.from(pixels, (pixel) => nearest.get(pixel));
  let text = "";
  for (let at = 0; at < indices.length; at += 32768) {
    text += String.fromCharCode(...indices.subarray(at, at + 32768));
  }
  return {width, height, palette, indices: btoa(text)};
}"""


def small(page: Page, picture: bytes) -> bytes:
    """The same picture with few colours; `page` is any page of a browser."""
    encoded = base64.b64encode(picture).decode("ascii")
    return _png(page.evaluate(_REDUCE, [encoded, _MOST_COLOURS]))


def _png(reduced: dict[str, Any]) -> bytes:
    """A PNG file with a palette (PNG specification, sections 5 and 11)."""
    width, height = reduced["width"], reduced["height"]
    indices = base64.b64decode(reduced["indices"])
    rows = (b"\0" + indices[start : start + width] for start in range(0, len(indices), width))
    palette = bytes(part for colour in reduced["palette"] for part in colour)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(b"".join(rows), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check
