"""What the shop sells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """One thing for sale; `price` is in cents."""

    sku: str
    title: str
    price: int


CATALOG = {
    product.sku: product
    for product in (
        Product("mug", "Mug", 1250),
        Product("notebook", "Notebook", 890),
        Product("poster", "Poster", 1900),
        Product("shirt", "T-shirt", 2400),
        Product("sticker", "Sheet of stickers", 350),
    )
}
