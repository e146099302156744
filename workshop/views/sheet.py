"""A white sheet to draw on, measured in inches from its top left corner.

It is matplotlib without its global state (no pyplot, no style, no window), so that equal drawings
are equal bytes, whatever else a notebook has set, and threads may draw at once. matplotlib is
imported when the first sheet is made: it is slow to start and most commands never draw.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workshop.views import colours
from workshop.views.colours import Look
from workshop.views.lettering import CAPITAL, NORMAL, font, writable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PIXELS_PER_INCH = 100
"""On the page; the picture holds twice as many for screens that can show them."""
DENSITY = 2

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]
"""A cubic Bézier curve: where it starts, its two handles, where it ends."""


class Sheet:
    """A figure in inches.

    Args:
        width: inches.
        height: inches.
    """

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.figure import Figure

        self.figure: Figure = Figure(
            figsize=(width, height),
            dpi=PIXELS_PER_INCH * DENSITY,
            facecolor="white",
            frameon=True,
        )
        self.figure.set_layout_engine("none")
        self._axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, width)
        self._axes.set_ylim(height, 0)

    def text(
        self,
        x: float,
        y: float,
        line: str,
        kind: str,
        colour: str = colours.INK,
        size: float = NORMAL,
        bold: bool = False,
        ground: str | None = None,
    ) -> None:
        r"""Write one line, its capitals centred on y; '$' and '\' are signs like any other.

        Args:
            x: inches from the left, of its start.
            y: inches from the top.
            line: what to write.
            kind: what it is, kept as the artist's gid, so that a test can find it.
            colour: of the text.
            size: points.
            bold: whether it is bold.
            ground: the colour behind it, which hides lines that pass; None for none.
        """
        behind = None
        if ground:
            behind = {"facecolor": ground, "edgecolor": "none", "boxstyle": "square,pad=0.15"}
        self._axes.text(
            x,
            y + CAPITAL * size / 72 / 2,
            writable(line, bold),
            fontproperties=font(size, bold),
            color=colour,
            ha="left",
            va="baseline",
            parse_math=False,
            usetex=False,
            antialiased=True,
            bbox=behind,
            gid=kind,
            zorder=5,
        )

    def area(self, x: float, y: float, width: float, height: float, kind: str, colour: str) -> None:
        """Fill a rectangle, below everything else.

        Args:
            x: inches from the left, of its left side.
            y: inches from the top, of its top.
            width: inches.
            height: inches.
            kind: what it is, kept as the artist's gid.
            colour: of the area.
        """
        from matplotlib.patches import Rectangle

        ground = Rectangle((x, y), width, height, facecolor=colour, edgecolor="none", linewidth=0)
        ground.set(gid=kind, zorder=0, antialiased=False)
        self._axes.add_patch(ground)

    def bar(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        kind: str,
        look: Look,
        error: bool = False,
    ) -> None:
        """Draw a rectangle in a service's look, centred on y.

        Args:
            x: inches from the left, of its left side.
            y: inches from the top, of its middle.
            width: inches.
            height: inches.
            kind: what it is, kept as the artist's gid.
            look: the service's.
            error: whether it gets the thick red edge of an error.
        """
        from matplotlib.patches import Rectangle

        bar = Rectangle(
            (x, y - height / 2),
            width,
            height,
            facecolor=look.fill,
            edgecolor=colours.ERROR if error else look.edge,
            linewidth=2.0 if error else 0.8,
            hatch=look.hatch or None,
            hatchcolor=look.edge,
            joinstyle="miter",
            antialiased=True,
        )
        bar.set_hatch_linewidth(0.7)
        bar.set(gid=kind, zorder=3)
        self._axes.add_patch(bar)

    def line(
        self, points: Sequence[tuple[float, float]], kind: str, colour: str, dashed: bool = False
    ) -> None:
        """Draw a thin line through points, in inches from the top left.

        Args:
            points: two or more.
            kind: what it is, kept as the artist's gid.
            colour: of the line.
            dashed: whether it is broken.
        """
        from matplotlib.lines import Line2D

        across, down = zip(*points, strict=True)
        line = Line2D(
            across,
            down,
            color=colour,
            linewidth=0.8,
            linestyle=(0, (2, 2)) if dashed else "-",
            marker="None",
            solid_joinstyle="miter",
            antialiased=True,
        )
        line.set(gid=kind, zorder=1)
        self._axes.add_line(line)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        kind: str,
        colour: str,
        thick: bool = False,
        dashed: bool = False,
    ) -> None:
        """Draw the outline of a white rectangle with round corners.

        Args:
            x: inches from the left, of its left side.
            y: inches from the top, of its top.
            width: inches.
            height: inches.
            kind: what it is, kept as the artist's gid.
            colour: of the outline.
            thick: whether the outline is as thick as an error's.
            dashed: whether it is broken.
        """
        from matplotlib.patches import FancyBboxPatch

        box = FancyBboxPatch(
            (x, y),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.07",
            facecolor="white",
            edgecolor=colour,
            linewidth=2.0 if thick else 1.0,
            linestyle=(0, (3, 2)) if dashed else "-",
            antialiased=True,
        )
        box.set(gid=kind, zorder=2)
        self._axes.add_patch(box)

    def arrow(self, curves: Sequence[Curve], kind: str, colour: str, thick: bool = False) -> None:
        """Draw an arrow along cubic Bézier curves.

        Args:
            curves: start, two handles and end of each, in inches; one starts where another ends.
            kind: what it is, kept as the artist's gid.
            colour: of the arrow.
            thick: whether it is as thick as an error's edge.
        """
        from matplotlib.patches import PathPatch, Polygon
        from matplotlib.path import Path

        half, long = (0.065, 0.14) if thick else (0.05, 0.12)
        *_, last, tip = curves[-1]
        length = math.dist(last, tip)
        across, down = (tip[0] - last[0]) / length, (tip[1] - last[1]) / length
        base = tip[0] - long * across, tip[1] - long * down
        # The line ends inside the head, whose tip it would blunt.
        inside = tip[0] - long / 2 * across, tip[1] - long / 2 * down
        points = [curves[0][0], *(point for curve in curves for point in curve[1:])]
        points[-1] = inside
        line = PathPatch(
            Path(points, [Path.MOVETO] + [Path.CURVE4] * (len(points) - 1)),
            facecolor="none",
            edgecolor=colour,
            linewidth=2.2 if thick else 1.1,
            capstyle="butt",
            antialiased=True,
        )
        line.set(gid=kind, zorder=1)
        self._axes.add_patch(line)
        side = half * down, -half * across
        corners = [
            tip,
            (base[0] + side[0], base[1] + side[1]),
            (base[0] - side[0], base[1] - side[1]),
        ]
        head = Polygon(corners, closed=True, facecolor=colour, edgecolor="none", antialiased=True)
        head.set(gid=f"{kind}-head", zorder=1)
        self._axes.add_patch(head)


def png(figure: Figure) -> bytes:
    """Return a figure as PNG: opaque, without date or version, equal bytes for equal figures.

    It has a palette of 256 colours, which makes it a third as large, because notebooks are kept in
    git with their pictures.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    # savefig would follow settings of the notebook, such as a tight bounding box.
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    size = canvas.get_width_height()
    picture = Image.frombuffer("RGBA", size, canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    small = picture.convert("RGB").quantize(
        256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    buffer = io.BytesIO()
    small.save(buffer, format="png", optimize=True)
    return buffer.getvalue()
