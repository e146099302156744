"""How each service looks, so that it looks the same in every picture of the course.

The colours are Okabe and Ito's, which people with any kind of colour blindness tell apart
(https://jfly.uni-koeln.de/color/). Their vermilion is left to errors. A hatch goes with each
colour, so that a picture also reads in grey.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

INK = "#1f2328"
"""Text on white."""
MUTED = "#59636e"
"""Text that stands back: units, headings. 4.5:1 on white or better."""
FAINT = "#b7bec6"
"""Lines that lead the eye and carry no data."""
GRID = "#e4e7eb"
"""The lines of a scale."""
BAND = "#f6f8fa"
"""The ground of every second row."""
ERROR = "#b3261e"
"""Edges and text of errors, never their only mark: the word stands beside it."""
ERROR_MARK = "✗"
SHADES = ("#cfe3f1", "#8fbfe0", "#3a87bd", "#004a75")
"""Of one colour, for few to many: each is told from the next in grey, too."""


@dataclass(frozen=True)
class Look:
    """How one service is drawn.

    Args:
        fill: the colour of its areas.
        edge: a darker shade for outlines, hatches and text: 4.5:1 on white or better.
        hatch: a matplotlib hatch, or the empty text for a plain area.
    """

    fill: str
    edge: str
    hatch: str


_FIXED = {
    "backend": Look("#0072b2", "#004c77", ""),
    "profiles": Look("#e69f00", "#7a5400", "////"),
}
_SHADES = (
    ("#009e73", "#00624a"),
    ("#56b4e9", "#1b6696"),
    ("#cc79a7", "#8a3a68"),
    ("#a6a6a6", "#4d4d4d"),
)
_HATCHES = ("\\\\\\\\", "....", "||||", "----", "++++", "oo", "")


_OTHERS = [Look(fill, edge, hatch) for hatch in _HATCHES for fill, edge in _SHADES]


def looks(services: Iterable[str]) -> dict[str, Look]:
    """Return how each service of a picture looks: no two alike, and the same in other pictures.

    The course's own two services have looks of their own. Any other name is hashed to one of 28,
    so that no picture needs to know which services another one shows. If two names of one picture
    meet, the one that sorts later takes the next look that is free; only above 28 are looks shared.

    Args:
        services: the names, in any order.
    """
    chosen: dict[str, Look] = {}
    for service in sorted(set(services)):
        if service in _FIXED:
            chosen[service] = _FIXED[service]
            continue
        first = zlib.crc32(service.encode("utf-8", "surrogatepass")) % len(_OTHERS)
        turns = [*_OTHERS[first:], *_OTHERS[:first]]
        free = (look for look in turns if look not in chosen.values())
        chosen[service] = next(free, turns[0])
    return chosen
