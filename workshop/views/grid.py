"""A grid of verdicts: a row and a column each, what is well and what is wrong where they meet."""

from collections.abc import Mapping, Sequence

from workshop.views import colours, lettering, sheet
from workshop.views.heading import Heading
from workshop.views.picture import Picture
from workshop.views.sheet import Sheet

WIDTH = 10.2
MARGIN = 0.2
LABEL = 1.45
HEAD = 0.32
LINE = 0.17
PADDING = 0.09
GAP = 0.05
WELL_MARK = "✓"
WELL, WRONG = "#e8f3ec", "#fbe9e7"
"""The grounds: the mark and the words stand on each, so that colour is never all."""


def show(
    cells: Mapping[tuple[str, str], Sequence[str]],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
    facts: str = "",
) -> Picture:
    """Draw what is wrong in each cell, and that nothing is.

    Args:
        cells: by row and column, what is wrong, each in a few words; one that is absent stays
            blank.
        rows: the names of the rows, from the top.
        columns: the names of the columns, from the left.
        title: what to see in it.
        facts: one line about how it was measured.
    """
    heading = Heading(title, facts, WIDTH)
    width = (WIDTH - 2 * MARGIN - LABEL) / max(1, len(columns))
    texts = {place: _wrap(found, width) for place, found in cells.items()}
    heights = [
        2 * PADDING + LINE * max([1, *(len(texts.get((row, column), ())) for column in columns)])
        for row in rows
    ]
    page = Sheet(WIDTH, heading.bottom + HEAD + sum(heights) + GAP * len(rows) + MARGIN)
    heading.write(page)
    y = heading.bottom + HEAD / 2
    for place, column in enumerate(columns):
        x = MARGIN + LABEL + place * width + PADDING
        page.text(x, y, lettering.fit(column, width - PADDING), "column", colours.MUTED)
    top = heading.bottom + HEAD
    for row, height in zip(rows, heights, strict=True):
        page.text(MARGIN, top + height / 2, lettering.fit(row, LABEL - 0.1), "row")
        for place, column in enumerate(columns):
            lines = texts.get((row, column))
            if lines is None:
                continue
            x = MARGIN + LABEL + place * width
            is_well = not cells[row, column]
            page.area(x, top, width - GAP, height, "cell", WELL if is_well else WRONG)
            _write(page, lines, x + PADDING, top, height, is_well)
        top += height + GAP
    return Picture(sheet.png(page.figure), _describe(cells, rows, columns, title))


def _write(
    page: Sheet, lines: Sequence[str], x: float, top: float, height: float, is_well: bool
) -> None:
    y = top + height / 2 - LINE * (len(lines) - 1) / 2
    colour = colours.INK if is_well else colours.ERROR
    for line in lines:
        page.text(x, y, line, "verdict", colour, size=lettering.SMALL)
        y += LINE


def _wrap(found: Sequence[str], width: float) -> list[str]:
    if not found:
        return [WELL_MARK]
    room = width - GAP - 2 * PADDING
    return [
        line
        for each in found
        for line in lettering.wrap(f"{colours.ERROR_MARK} {each}", room, lettering.SMALL)
    ]


def _describe(
    cells: Mapping[tuple[str, str], Sequence[str]],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
) -> str:
    known = [(row, column) for row in rows for column in columns if (row, column) in cells]
    wrong = [f"{row}, {column}: {'; '.join(cells[row, column])}" for row, column in known
             if cells[row, column]]  # fmt: skip
    return "\n".join([f"{title}: {len(wrong)} of {len(known)} wrong", *wrong])
