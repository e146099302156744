"""Canaries are found in every form in which a value may come out, and never by chance."""

import base64
import json
import secrets
from urllib.parse import quote, quote_plus

import pytest

from workshop.leaks import canaries

MAKERS = [
    canaries.make_email,
    canaries.make_token,
    canaries.make_password,
    canaries.make_text,
    canaries.make_card,
]
FORMS = {
    "as it is": lambda value: f"before {value} after",
    "URL-encoded": lambda value: f"?a={quote(value)}&b",
    "as a form": lambda value: f"a={quote_plus(value)}",
    "JSON": lambda value: json.dumps({"a": value}),
    "JSON in JSON": lambda value: json.dumps(json.dumps([value])),
    "upper case": lambda value: value.upper(),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64, one byte before": lambda value: base64.b64encode(b"x" + value.encode()).decode(),
    "base64 within text": lambda value: base64.b64encode(f"ab{value}yz".encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", MAKERS)
def test_form_is_found(make, form):
    canary = make()
    assert canary.is_in(FORMS[form](canary.value))


@pytest.mark.parametrize("make", [canaries.make_email, canaries.make_token])
def test_eight_letters_are_enough_and_seven_are_not(make):
    canary = make()
    piece = canary.parts[0]
    assert canary.is_in(f"…{piece[2:10]}…")
    assert not canary.is_in(f"…{piece[2:9]}…")


def test_card_is_found_in_groups_and_not_by_its_last_digits():
    canary = canaries.make_card()
    number = canary.value
    assert canary.is_in(" ".join(number[at : at + 4] for at in range(0, 16, 4)))
    assert canary.is_in("-".join(number[at : at + 4] for at in range(0, 16, 4)))
    assert not canary.is_in(f"ends in {number[-4:]}")


def test_card_has_the_right_check_digit():
    digits = [int(digit) for digit in canaries.make_card().value]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    assert (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


@pytest.mark.parametrize("make", MAKERS)
def test_ids_do_not_hold_it(make):
    canary = make()
    assert not canary.is_in(" ".join(secrets.token_hex(16) for _ in range(2_000)))
    assert not canary.is_in(make().value)


@pytest.mark.parametrize("make", MAKERS)
def test_mask_leaves_nothing_of_it(make):
    canary = make()
    masked = canaries.mask(f"body.locals.{canary.value}.name of POST /x", [canary])
    assert not canary.is_in(masked)
    assert masked.startswith("body.locals.")
    assert masked.endswith(" of POST /x")
