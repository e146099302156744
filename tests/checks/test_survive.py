"""The hardest outage before step 09 and after it, as `workshop survive` measures them.

All 24, each as often as one likes, are what `workshop survive --repeat` is for; CONTRIBUTING.md
has the commands.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
import wrong_apps

from workshop import course
from workshop.checks import target
from workshop.failure import matrix
from workshop.sandbox.faults.modes import CLOUDWATCH, SILENT

# Silent while the app starts, answers, and ends: of all ways to be away it costs an app most.
OUTAGE = ([CLOUDWATCH], [SILENT])
REQUESTS = 100


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What came of it, and what is wrong with that, by step."""
    folder = tmp_path_factory.mktemp("apps")

    def run(number):
        app = wrong_apps.copy_checkpoint(course.step(number), folder / str(number))
        measured = matrix.run(
            target.learner_app(app), *OUTAGE, requests=REQUESTS, with_well=False, with_pace=False
        )
        (cell,) = measured.cells
        return cell, [each for each in measured.troubles(cell) if not each.startswith("answers")]

    with wrong_apps.quick_checks(), ThreadPoolExecutor(2) as pool:
        return dict(zip((8, 9), pool.map(run, (8, 9)), strict=True))


def test_before_it_the_app_starts_late_stays_without_a_log_and_does_not_end(found):
    cell, troubles = found[8]
    assert cell.waited_for == CLOUDWATCH
    assert troubles[0].startswith("starts after ")
    assert troubles[1:] == ["sends nothing any more", "does not end in time"]


def test_after_it_nobody_notices(found):
    cell, troubles = found[9]
    assert troubles == []
    assert cell.waited_for == ""
    assert cell.back


def test_at_neither_does_a_request_fail(found):
    for cell, _ in found.values():
        assert (cell.requests, cell.failed) == (REQUESTS, [])
    assert found[8][0].lost(CLOUDWATCH) == 1
    assert found[9][0].lost(CLOUDWATCH) < 0.5
