"""The table of what is emulated holds together."""

from workshop.sandbox.coverage import COVERAGE, DIFFERS, NO, YES, render_markdown


def test_every_row_is_rendered_and_says_something():
    table = render_markdown().splitlines()
    assert len(table) == len(COVERAGE) + 2
    for row, line in zip(COVERAGE, table[2:], strict=True):
        assert row.emulated in (YES, DIFFERS, NO)
        assert row.note.endswith(".")
        assert line.count("|") == 5
        assert row.vendor in line
        assert row.note in line


def test_no_feature_is_told_twice():
    told = [(row.vendor, row.feature) for row in COVERAGE]
    assert len(set(told)) == len(told)
