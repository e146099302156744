"""A grid of verdicts has a cell for each, and says in words what is wrong."""

import pytest

from workshop.views import colours, grid, sheet

CELLS = {
    ("Honeycomb", "refused"): [],
    ("Honeycomb", "silent"): ["does not end in time"],
    ("X-Ray", "refused"): ["starts after 4 s", "loses 100% of Rollbar, too"],
}
ROWS, COLUMNS = ["Honeycomb", "X-Ray"], ["refused", "silent"]


@pytest.fixture
def drawn(monkeypatch):
    """Return a function that draws, and returns the picture with what stands where."""

    def draw(cells=CELLS, rows=ROWS, columns=COLUMNS, **more):
        figures = []
        really = sheet.png
        monkeypatch.setattr(sheet, "png", lambda figure: figures.append(figure) or really(figure))
        picture = grid.show(cells, rows, columns, "A title", **more)
        return picture, figures[0]

    return draw


def texts(figure):
    return [text for axes in figure.axes for text in axes.texts] + figure.texts


def words(figure):
    return [text.get_text() for text in texts(figure)]


def test_each_cell_says_what_is_wrong_or_that_nothing_is(drawn):
    picture, figure = drawn(facts="facts")
    said = words(figure)
    assert said.count(grid.WELL_MARK) == 1
    assert f"{colours.ERROR_MARK} does not end in time" in said
    assert f"{colours.ERROR_MARK} starts after 4 s" in said
    assert {"A title", "facts", *ROWS, *COLUMNS} <= set(said)
    assert picture.png.startswith(b"\x89PNG")


def test_a_trouble_stands_in_its_row_and_column(drawn):
    _, figure = drawn()
    at = {text.get_text(): text.get_position() for text in texts(figure)}
    mark, late = at[grid.WELL_MARK], at[f"{colours.ERROR_MARK} starts after 4 s"]
    ends = at[f"{colours.ERROR_MARK} does not end in time"]
    assert mark[0] == late[0] < ends[0]
    assert mark[1] == pytest.approx(ends[1])
    assert mark[1] != pytest.approx(late[1])


def test_what_was_not_run_stays_blank(drawn):
    _, figure = drawn({("Honeycomb", "silent"): []})
    assert words(figure).count(grid.WELL_MARK) == 1


def test_a_long_trouble_is_broken_into_lines_and_makes_its_row_higher(drawn):
    long = {("Honeycomb", "refused"): ["a trouble that nobody could say in fewer words " * 4]}
    many = [f"mode {n}" for n in range(6)]
    _, short = drawn({("Honeycomb", "refused"): ["short"]}, columns=["refused", *many])
    _, figure = drawn(long, columns=["refused", *many])
    assert figure.get_figheight() > short.get_figheight()
    assert max(map(len, words(figure))) < 60


def test_without_cells_there_is_a_picture_all_the_same(drawn):
    picture, _ = drawn({}, rows=[], columns=[])
    assert picture.png.startswith(b"\x89PNG")


def test_whoever_cannot_see_it_is_told_the_same(drawn):
    picture, _ = drawn()
    assert picture.alt == (
        "A title: 2 of 3 wrong\n"
        "Honeycomb, silent: does not end in time\n"
        "X-Ray, refused: starts after 4 s; loses 100% of Rollbar, too"
    )
