"""An app that sends X-Ray spans is judged by the checks of all steps, by what arrives."""

import pytest
import wrong_apps

from workshop.checks import check, target
from workshop.course import step

STEP = step(10)
UNSIGNED = "10-opentelemetry-only/no-signature"


@pytest.fixture(scope="module", autouse=True)
def quick():
    with wrong_apps.quick_checks():
        yield


def test_it_passes_the_check_of_each_step(tmp_path):
    app = wrong_apps.copy_checkpoint(STEP, tmp_path / "app")
    wrong_apps.hurry(app)
    done = check.check(target.learner_app(app))
    told = {verdict.step: (verdict.state, verdict.findings) for verdict in done.verdicts}
    assert done.app == []
    assert told == dict.fromkeys(check.JUDGES, ("works", []))


@pytest.mark.parametrize("number", [2, 3])
def test_what_keeps_spans_from_x_ray_is_told_by_all_checks_that_look_there(number, tmp_path):
    app = wrong_apps.make(UNSIGNED, tmp_path / "app")
    (verdict,) = wrong_apps.check_app(app, number).verdicts
    assert verdict.state == "broken"
    assert [each.id for each in verdict.findings] == ["opentelemetry-only/not-signed"]
