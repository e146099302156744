"""Text on a sheet: one font, its sizes, and how wide a line of it is."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from workshop.views import words

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

SMALL, NORMAL, LARGE = 9.0, 9.5, 12.5
"""Sizes of text in points; at 100 pixels an inch, 9 points are 12.5 pixels."""
CAPITAL = 0.729
"""The height of a capital in DejaVu Sans, in parts of its size."""

HAIR = 0.002
"""Inches that a line may be too wide: room made to measure must not fail by rounding."""


def measure(text: str, size: float = NORMAL, bold: bool = False) -> float:
    """Return how wide a line of text is, in inches.

    Args:
        text: one line.
        size: points.
        bold: whether it is bold.
    """
    from matplotlib.textpath import text_to_path

    known = font(size, bold)
    width, _, _ = text_to_path.get_text_width_height_descent(writable(text, bold), known, False)
    return float(width) / 72


def fit(text: str, width: float, size: float = NORMAL, bold: bool = False) -> str:
    """Return the text, with a '…' in its middle if it is wider than some inches."""
    return words.shorten(text, lambda candidate: measure(candidate, size, bold) <= width + HAIR)


def wrap(text: str, width: float, size: float = NORMAL, bold: bool = False) -> list[str]:
    """Return the text in lines of at most some inches, broken at spaces."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and measure(joined, size, bold) <= width:
            lines[-1] = joined
        else:
            lines.append(fit(word, width, size, bold))
    return lines


def split(text: str, width: float, size: float = NORMAL, bold: bool = False) -> list[str]:
    """Return a name in at most two lines of some inches, broken after '.', ':', '/', '-' or '_'.

    What does not fit into the second line loses its middle.
    """
    text = text.rstrip()
    if measure(text, size, bold) <= width + HAIR:
        return [text]
    first = ""
    for part in re.findall(r"[^.:/_ -]*[.:/_ -]*", text):
        if measure(first + part, size, bold) > width:
            break
        first += part
    rest = fit(text[len(first) :], width, size, bold)
    return [first.rstrip(), rest] if first else [rest]


def writable(text: str, bold: bool = False) -> str:
    """Return the text with '□' for each character that the font cannot draw."""
    known = _characters(bold)
    return "".join(sign if ord(sign) in known else "□" for sign in text)


@cache
def _font_file(bold: bool) -> Path:
    # The file itself, not a family's name: what else is installed must not change a picture.
    import matplotlib

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return fonts / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")


@cache
def font(size: float, bold: bool) -> FontProperties:
    """Return DejaVu Sans, which comes with matplotlib, in a size in points."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=_font_file(bold), size=size)


@cache
def _characters(bold: bool) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(_font_file(bold))).get_charmap())
