"""Writes a drawing of the notebooks' as SVG into a page: sharp, in the page's colours, with links.

The drawing is the same figure that a notebook shows as PNG. Colours of the page are named, so that
they follow its theme; a service's own stay as they are. There is no style attribute in it, which
the pages' Content-Security-Policy forbids.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from workshop.views import colours, lettering

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UNITS = 100
"""Of the SVG, in an inch; a picture has so many pixels an inch at its own size."""
POINT = UNITS / 72
FAMILY = "DejaVu Sans, Verdana, sans-serif"
"""The font that the drawing is measured in, and one with nearly the same widths."""

_PAGE_COLOURS = {
    colours.INK: "var(--ink)",
    colours.MUTED: "var(--muted)",
    colours.FAINT: "var(--faint)",
    colours.GRID: "var(--grid)",
    colours.BAND: "var(--band)",
    colours.ERROR: "var(--error)",
    **{shade: f"var(--shade-{number})" for number, shade in enumerate(colours.SHADES, 1)},
    "#ffffff": "var(--ground)",
}
# Lines and dots of a tile of 8 by 8, by the character that a hatch is made of.
_HATCHES = {
    "/": "M0 8L8 0M-2 2L2 -2M6 10L10 6",
    "\\": "M0 0L8 8M-2 6L2 10M6 -2L10 2",
    "|": "M2 0V8M6 0V8",
    "-": "M0 2H8M0 6H8",
    "+": "M4 0V8M0 4H8",
    "x": "M0 8L8 0M0 0L8 8",
    ".": "M1.5 2H2.5M5.5 6H6.5",
    "o": "M2 4a2 2 0 1 0 4 0a2 2 0 1 0 -4 0",
}


@dataclass(frozen=True)
class Link:
    """A part of a drawing that leads somewhere.

    Args:
        area: left, top, right and bottom, in inches from the top left of the sheet.
        href: where it leads.
        label: what it is, for who cannot see it.
        current: whether it leads to what is shown already.
        by_tab: whether the Tab key leads to it; not where there are hundreds, and a list below has
            the same.
    """

    area: tuple[float, float, float, float]
    href: str
    label: str
    current: bool = False
    by_tab: bool = True


def render(figure: Figure, label: str, links: Sequence[Link] = (), prefix: str = "hatch") -> Markup:
    """Return a figure of `workshop.views` as an SVG element.

    Args:
        figure: drawn on a `Sheet`.
        label: what it shows, for who cannot see it.
        links: what in it leads somewhere.
        prefix: of the ids in it; each picture of a page needs its own.
    """
    width, height = figure.get_size_inches()
    artists = [each for each in figure.axes[0].get_children() if each.get_gid()]
    hatches: dict[tuple[str, str], str] = {}
    parts = [
        part
        for artist in sorted(artists, key=lambda each: each.get_zorder())
        for part in _write(artist, hatches, prefix)
    ]
    return Markup(
        '<svg class="picture" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="group"'
        ' aria-label="{label}" font-family="{family}"><defs>{hatches}</defs>'
        '<g aria-hidden="true">{parts}</g>{links}</svg>'
    ).format(
        w=_number(width),
        h=_number(height),
        label=label,
        family=FAMILY,
        hatches=Markup().join(_write_hatch(*each) for each in hatches.items()),
        parts=Markup().join(parts),
        links=Markup().join(map(_write_link, links)),
    )


def find_areas(figure: Figure, kind: str) -> list[tuple[float, float, float, float]]:
    """Return where the artists of a kind are: left, top, right and bottom in inches.

    Args:
        figure: drawn on a `Sheet`.
        kind: their gid; rectangles and boxes only.
    """
    patches: list[Any] = [each for each in figure.axes[0].patches if each.get_gid() == kind]
    return [
        (left, top, left + each.get_width(), top + each.get_height())
        for each in patches
        for left, top in [(each.get_x(), each.get_y())]
    ]


def find_lines(figure: Figure, kind: str) -> list[float]:
    """Return how far from the top the texts of a kind stand, in inches, in their order."""
    return [each.get_position()[1] for each in figure.axes[0].texts if each.get_gid() == kind]


def _write(artist: Any, hatches: dict[tuple[str, str], str], prefix: str) -> Iterator[Markup]:
    from matplotlib.colors import to_hex

    match type(artist).__name__:
        case "Text":
            yield from _write_text(artist)
        case "Line2D":
            points = zip(artist.get_xdata(), artist.get_ydata(), strict=True)
            yield _element("path", artist, d=_path(points), fill="none")
        case "Rectangle" | "FancyBboxPatch" as kind:
            place = {
                "x": _number(artist.get_x()),
                "y": _number(artist.get_y()),
                "width": _number(artist.get_width()),
                "height": _number(artist.get_height()),
                **({"rx": "7"} if kind == "FancyBboxPatch" else {}),
            }
            yield _element("rect", artist, **place, fill=_colour(artist.get_facecolor()))
            if hatch := artist.get_hatch():
                key = hatch[0], to_hex(artist.get_hatchcolor())
                name = hatches.setdefault(key, f"{prefix}-{len(hatches)}")
                yield _tag("rect", **place, fill=f"url(#{name})")
        case "Polygon":
            path = _path(artist.get_xy()[:3]) + "Z"
            yield _element("path", artist, d=path, fill=_colour(artist.get_facecolor()))
        case _:
            start, *rest = (_point(each) for each in artist.get_path().vertices)
            yield _element("path", artist, d=f"M{start}C{' '.join(rest)}", fill="none")


def _write_text(text: Any) -> Iterator[Markup]:
    line, (x, y), size = text.get_text(), text.get_position(), text.get_size()
    bold = "Bold" in text.get_fontproperties().get_file()
    width = lettering.measure(line, size, bold)
    ground = text.get_bbox_patch()
    if ground is not None:
        pad = 0.15 * size / 72
        yield _tag(
            "rect",
            x=_number(x - pad),
            y=_number(y - lettering.CAPITAL * size / 72 - pad),
            width=_number(width + 2 * pad),
            height=_number(lettering.CAPITAL * size / 72 + 2 * pad),
            fill=_colour(ground.get_facecolor()),
        )
    yield Markup("<text{}>{}</text>").format(
        _attributes(
            {
                "class": text.get_gid(),
                "x": _number(x),
                "y": _number(y),
                "font-size": f"{size * POINT:.2f}",
                "font-weight": "bold" if bold else "normal",
                "fill": _colour(text.get_color()),
                # Where another font stands in, it is squeezed into the place that was measured.
                "textLength": _number(width),
                "lengthAdjust": "spacingAndGlyphs",
            }
        ),
        line,
    )


def _element(name: str, artist: Any, **attributes: str) -> Markup:
    """Return an element with the stroke that an artist has."""
    is_line = hasattr(artist, "is_dashed")
    edge = artist.get_color() if is_line else artist.get_edgecolor()
    dashed = artist.get_linestyle() not in ("-", "solid")
    if is_line or (edge[3] and artist.get_linewidth()):
        attributes["stroke"] = _colour(edge)
        attributes["stroke-width"] = f"{artist.get_linewidth() * POINT:.2f}"
    if dashed:
        attributes["stroke-dasharray"] = "3 3"
    return _tag(name, **{"class": artist.get_gid()}, **attributes)


def _tag(name: str, **attributes: str) -> Markup:
    return Markup("<{}{}/>").format(name, _attributes(attributes))


def _attributes(attributes: dict[str, str]) -> Markup:
    return Markup().join(Markup(' {}="{}"').format(*each) for each in attributes.items())


def _write_hatch(key: tuple[str, str], name: str) -> Markup:
    sign, colour = key
    return Markup(
        '<pattern id="{}" width="8" height="8" patternUnits="userSpaceOnUse">'
        '<path d="{}" fill="none" stroke="{}"/></pattern>'
    ).format(name, _HATCHES[sign], colour)


def _write_link(link: Link) -> Markup:
    left, top, right, bottom = link.area
    return Markup('<a href="{}" aria-label="{}"{}{}><title>{}</title>{}</a>').format(
        link.href,
        link.label,
        Markup(' aria-current="true"') if link.current else "",
        "" if link.by_tab else Markup(' tabindex="-1"'),
        link.label,
        _tag(
            "rect",
            x=_number(left),
            y=_number(top),
            width=_number(right - left),
            height=_number(bottom - top),
            rx="4",
        ),
    )


def _colour(colour: Any) -> str:
    from matplotlib.colors import to_hex

    known = to_hex(colour)
    return _PAGE_COLOURS.get(known, known)


def _path(points: Any) -> str:
    return "M" + "L".join(map(_point, points))


def _point(point: Any) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(inches: float) -> str:
    return f"{inches * UNITS:.1f}"
