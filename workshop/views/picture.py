"""A picture as a notebook shows it: at its right size, and in words for who cannot see it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from workshop.views import sheet, tree, words

if TYPE_CHECKING:
    from workshop.sandbox.honeycomb.traces import Trace
    from workshop.views.link import Link


class Picture:
    """A PNG and what it shows, in words.

    A notebook keeps both. Only the words are compared when the notebook is run again, so they hold
    no ids and no times.

    Args:
        png: the picture, with twice as many pixels as it takes on the page.
        alt: what it shows.
        link: a page that shows more of it; it stands below the picture.
    """

    def __init__(self, png: bytes, alt: str, link: Link | None = None) -> None:
        self.png = png
        self.alt = alt
        self.link = link

    def linked(self, link: Link) -> Picture:
        """Return the same picture with a link below it."""
        return Picture(self.png, self.alt, link)

    def __repr__(self) -> str:
        return self.alt

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        # IHDR is always first, so the width is at a fixed place: https://www.w3.org/TR/png/#11IHDR
        (pixels,) = struct.unpack(">I", self.png[16:20])
        return self.png, {"width": pixels // sheet.DENSITY, "alt": self.alt.splitlines()[0]}

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        png, shown = self._repr_png_()
        return {"image/png": png, "text/plain": self.alt}, {"image/png": shown}

    def _ipython_display_(self) -> None:
        from IPython.display import display

        # One output shows one of its forms only, so the link is an output of its own.
        data, about = self._repr_mimebundle_()
        display(data, metadata=about, raw=True)
        if self.link is not None:
            display(self.link)


def describe(trace: Trace) -> str:
    """Return a trace in words, without ids and times: one line of summary, then the tree.

    Raises:
        WorkshopError: the trace has no spans.
    """
    services = ", ".join(words.services(trace))
    summary = f"Waterfall of {words.subject(trace)}: {words.sizes(trace.spans)}"
    return f"{summary} from {services}\n\n{tree.render(trace)}"
