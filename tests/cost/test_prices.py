"""The prices: each has a source, a date and a confidence, and is charged beyond what is free."""

import datetime
import re

import pytest

from workshop.cost.prices import CONFIDENCES, Price, read_prices

PRICES = read_prices()


@pytest.mark.parametrize("name", PRICES)
def test_each_price_has_a_source_a_date_and_a_confidence(name):
    price = PRICES[name]
    assert re.fullmatch(r"https://[a-z0-9.-]+/\S+", price.source)
    assert re.fullmatch(r"https://[a-z0-9.-]+/\S+", price.vendor_page)
    assert price.confidence in CONFIDENCES
    assert isinstance(price.checked, datetime.date)
    assert price.dated is None or price.dated <= price.checked


@pytest.mark.parametrize("name", PRICES)
def test_what_the_vendor_says_is_on_the_vendors_own_page(name):
    price = PRICES[name]
    assert (price.confidence == "vendor") == (price.source == price.vendor_page)


@pytest.mark.parametrize("name", PRICES)
def test_units_are_paid_one_by_one_or_by_a_plan(name):
    price = PRICES[name]
    assert (price.dollars is None and price.is_known) == bool(price.plan) == bool(price.plan_has)
    assert price.plan_has == 0 or price.plan_has > price.free


def test_no_price_is_quoted_that_nobody_has_found_out():
    unknown = [price for price in PRICES.values() if not price.is_known]
    assert [(price.vendor, price.unit) for price in unknown] == [("X-Ray", "bytes")]
    assert [(price.dollars, price.free, price.cost(10**12)) for price in unknown] == [
        (None, 0, None)
    ]


@pytest.mark.parametrize(
    ("units", "dollars"), [(0, 0.0), (100_000, 0.0), (100_001, 5e-6), (1_100_000, 5.0)]
)
def test_only_what_is_beyond_the_free_ones_costs(units, dollars):
    assert PRICES["xray"].cost(units) == pytest.approx(dollars)


def test_a_plan_has_no_price_by_the_unit():
    price = Price("V", "events", 10, "vendor", "", datetime.date(2026, 1, 1), "", plan="from $1")
    assert (price.cost(10), price.cost(11)) == (0.0, None)
