"""The matrix as a person and a machine read it."""

import json

import pytest
from test_outcome import drawn

from workshop.errors import WorkshopError
from workshop.failure import arrivals, cell, command_line, report
from workshop.failure.load import FOUND, RAISES
from workshop.failure.matrix import Matrix
from workshop.failure.outcome import Outcome
from workshop.sandbox.faults.modes import CLOUDWATCH, HONEYCOMB, REFUSED, ROLLBAR, SILENT, XRAY

WELL = Outcome(
    (), "", started=1.0, requests=300, times=drawn(1), twin_times=drawn(1), stopped=0.6,
    sent={HONEYCOMB: 300}, arrived={HONEYCOMB: 300},
)  # fmt: skip


def ill(vendor=HONEYCOMB, mode=SILENT, **more):
    usual = {"started": 1.0, "requests": 300, "times": drawn(1), "twin_times": drawn(1),
             "sent": {HONEYCOMB: 300}, "arrived": {HONEYCOMB: 150}, "back": True,
             "stopped": 3.4}  # fmt: skip
    return Outcome((vendor,), mode, **(usual | more))


GOOD = Matrix(1.0, WELL, [ill(), ill(XRAY, arrived={HONEYCOMB: 300})], complete=True)
BAD = Matrix(
    1.0, WELL, [ill(mode=REFUSED), ill(stopped=None), ill(CLOUDWATCH, started=None)], complete=True
)


def test_a_good_matrix_says_so_and_names_what_is_lost():
    text = report.render(GOOD)
    assert "In all 3 the app goes on as if nothing had happened." in text
    row = next(line for line in text.splitlines() if line.startswith("✓ Honeycomb"))
    assert row.split(maxsplit=3) == [
        "✓", "Honeycomb", "silent", "1.0       0  × 1.00  × 1.00   +0 MB   50%   yes   3.4",
    ]  # fmt: skip


def test_a_bad_one_marks_what_is_wrong():
    text = report.render(BAD)
    assert "In 2 of 4 something is wrong, marked ✗." in text
    lines = [line for line in text.splitlines() if line.startswith("✗")]
    assert ["killed" in line for line in lines] == [True, False]
    assert lines[0].endswith("does not end in time")
    assert "never" in lines[1]
    assert max(map(len, text.splitlines())) <= report.WIDTH


def test_what_was_stopped_is_told_as_a_part():
    text = report.render(Matrix(1.0, None, [ill()], complete=False))
    assert "Stopped before all cells were run" in text
    assert report.render(Matrix()) == "Stopped before any cell was run to its end."


def test_a_machine_reads_the_same():
    told = json.loads(report.as_json(BAD))
    assert told["complete"] is True
    assert [each["mode"] for each in told["cells"]] == ["", REFUSED, SILENT, SILENT]
    assert [each["troubles"] for each in told["cells"]] == [
        [], [], ["does not end in time"], ["does not start"],
    ]  # fmt: skip
    assert told["cells"][1]["p99_ratio"] == 1


def test_facts_have_no_numbers_that_change():
    told = report.tell(ill(stopped=None, back=False), BAD)
    assert told.splitlines() == [
        "Honeycomb silent",
        "  ✓ the app starts as usual",
        "  ✓ every request is answered",
        "  ✓ none of them waits for it",
        "  ✗ once Honeycomb is back, it is sent to again",
        "  ✗ after SIGTERM it ends within 5 s",
    ]
    assert len(report.tell(ill(started=None), BAD).splitlines()) == 2


def test_its_picture_counts_the_outages_that_nobody_notices(tmp_path):
    assert report.draw(BAD).alt.startswith("In 1 of 3 outages nobody notices: 2 of 3 wrong\n")
    file = tmp_path / "drawn.png"
    assert command_line.tell(BAD, as_json=True, picture=file) == report.as_json(BAD)
    assert file.read_bytes().startswith(b"\x89PNG")


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(WorkshopError, match="cannot be written"):
        command_line.tell(BAD, as_json=False, picture=tmp_path / "no folder" / "drawn.png")


def test_a_few_requests_of_the_load_fail_on_purpose():
    shots = cell.shots(300, 6)
    assert (len(shots), shots.count(RAISES)) == (300, 6)
    assert RAISES not in cell.shots(12, 1)[:11]
    assert arrivals.expect(shots) == {HONEYCOMB: 300, XRAY: 300, CLOUDWATCH: 294, ROLLBAR: 6}
    assert arrivals.expect([FOUND]) == {HONEYCOMB: 1, XRAY: 1, CLOUDWATCH: 1, ROLLBAR: 0}
