"""Canaries: values made up for one run, so that whoever holds one can only have it from there."""

import base64
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

# None of them is a hexadecimal digit: eight in a row are never part of an id.
LETTERS = "gjkmnpqrstuvwxyz"
LEAST_LETTERS = 8
# Ids and times are full of digits: eight in a row would be met by chance.
LEAST_DIGITS = 12
# Base64 has three forms of a value: one for each place in a group of three bytes. So many
# characters at the start of the second and the third also hold bits of what stands before.
SHARED_CHARACTERS = (0, 2, 3)
MASK = "…"


@dataclass(frozen=True)
class Canary:
    """A value that is sent through one door.

    Args:
        value: as it is sent.
        parts: its random pieces, each without a character that any encoding would change.
        least: how many characters of a piece give it away.
    """

    value: str
    parts: tuple[str, ...]
    least: int = LEAST_LETTERS

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds it as it is, URL-encoded, JSON-escaped, in part, or in base64.

        The random pieces look alike in all but the last of these.
        """
        windows = dict.fromkeys(
            part[start : start + self.least]
            for part in self.parts
            for start in range(len(part) - self.least + 1)
        )
        # A card number may be written in groups.
        gap = "[ -]?" if self.least == LEAST_DIGITS else ""
        plain = "|".join(gap.join(window) for window in windows)
        return re.compile(f"(?i:{plain})|{'|'.join(map(re.escape, _encode(self.value)))}")

    def is_in(self, text: str) -> bool:
        """Tell whether a text holds it, or enough of it."""
        return bool(self.pattern.search(text))


def mask(text: str, canaries: Iterable[Canary]) -> str:
    """Return a text in which no canary can be read.

    Args:
        text: any text.
        canaries: those to hide.
    """
    for canary in canaries:
        if canary.is_in(text):
            text = re.sub(rf"[^\s./:\[\]]*(?:{canary.pattern.pattern})[^\s./:\[\]]*", MASK, text)
    return text


def make_email() -> Canary:
    """Return an e-mail address of a domain that can never be anybody's (RFC 2606)."""
    person, domain = _letters(12), _letters(10)
    return Canary(f"{person}@{domain}.example", (person, domain))


def make_token() -> Canary:
    """Return what looks like an API key."""
    token = _letters(24)
    return Canary(token, (token,))


def make_password() -> Canary:
    """Return a password with signs that JSON, URLs and shells write in another way."""
    first, second = _letters(8), _letters(8)
    return Canary(f'{first}"&%{second}', (first, second))


def make_text() -> Canary:
    """Return a few words that are meant for one person."""
    words = (_letters(9), _letters(8))
    return Canary(" ".join(words), words)


def make_card() -> Canary:
    """Return a number that passes for a payment card's: its last digit is right (ISO/IEC 7812)."""
    digits = "4" + "".join(str(secrets.randbelow(10)) for _ in range(14))
    doubled = [int(digit) * (2 if index % 2 == 0 else 1) for index, digit in enumerate(digits)]
    total = sum(sum(divmod(value, 10)) for value in doubled)
    number = f"{digits}{-total % 10}"
    return Canary(number, (number,), LEAST_DIGITS)


def _letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))


def _encode(value: str) -> list[str]:
    """Return the base64 of a value, as far as it does not depend on what stands around it."""
    found = []
    for offset, shared in enumerate(SHARED_CHARACTERS):
        data = bytes(offset) + value.encode()
        encoded = base64.b64encode(data).decode().rstrip("=")
        found.append(encoded[shared : len(encoded) - bool(len(data) % 3)])
    return found
