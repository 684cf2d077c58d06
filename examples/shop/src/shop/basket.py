"""What a customer is about to buy, and what it costs. Amounts are in cents."""

from __future__ import annotations

from collections.abc import Mapping

from shop.catalog import CATALOG

SHIPPING = 490
FREE_SHIPPING_FROM = 5000


class UnknownProductError(ValueError):
    """The shop does not sell that."""


class QuantityError(ValueError):
    """A quantity is not a whole number from 1 to 99."""


class Basket:
    """Quantities by stock keeping unit."""

    def __init__(self, lines: Mapping[str, int]) -> None:
        """Raises UnknownProductError, QuantityError."""
        for sku, quantity in lines.items():
            if sku not in CATALOG:
                raise UnknownProductError(f"no product '{sku}'")
            if (
                isinstance(quantity, bool)
                or not isinstance(quantity, int)
                or not 1 <= quantity <= 99
            ):
                raise QuantityError(f"{quantity!r} is no quantity for '{sku}': 1 to 99")
        self.lines = dict(lines)

    def goods(self) -> int:
        """The price of the goods alone."""
        return sum(CATALOG[sku].price * quantity for sku, quantity in self.lines.items())

    def shipping(self) -> int:
        """Free from a certain price of the goods on, and for an empty basket."""
        goods = self.goods()
        return SHIPPING if 0 < goods < FREE_SHIPPING_FROM else 0

    def total(self) -> int:
        """What the customer pays."""
        return self.goods() + self.shipping()
