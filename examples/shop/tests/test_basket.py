"""Prices."""

from __future__ import annotations

import unittest

from shop.basket import SHIPPING, Basket, QuantityError, UnknownProductError


class PriceOfABasket(unittest.TestCase):
    def test_an_empty_basket_costs_nothing(self) -> None:
        self.assertEqual(Basket({}).total(), 0)

    def test_goods_are_added_up_and_shipping_comes_on_top(self) -> None:
        basket = Basket({"mug": 2, "sticker": 1})
        self.assertEqual(basket.goods(), 2850)
        self.assertEqual(basket.total(), 2850 + SHIPPING)

    def test_shipping_is_free_from_exactly_fifty(self) -> None:
        self.assertEqual(Basket({"mug": 4}).goods(), 5000)
        self.assertEqual(Basket({"mug": 4}).total(), 5000)

    def test_shipping_is_paid_just_below_fifty(self) -> None:
        self.assertEqual(Basket({"shirt": 2}).total(), 4800 + SHIPPING)


class WrongBaskets(unittest.TestCase):
    def test_an_unknown_product_is_refused(self) -> None:
        with self.assertRaisesRegex(UnknownProductError, "no product 'car'"):
            Basket({"car": 1})

    def test_only_whole_numbers_from_1_to_99_are_quantities(self) -> None:
        for quantity in (0, -1, 100, 1.5, "2", True, None):
            with self.subTest(quantity=quantity), self.assertRaises(QuantityError):
                Basket({"mug": quantity})


if __name__ == "__main__":
    unittest.main()
