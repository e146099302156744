"""`workshop break` and `workshop mend` as a learner types them, and who says that it is broken."""

import re

import pytest
import requests

from workshop.cli import main
from workshop.sandbox import running
from workshop.sandbox.faults.modes import MODES, VENDORS


@pytest.fixture
def sandbox(checkout):
    """The sandbox of the scratch copy."""
    return running.ensure(checkout / ".workshop" / "sandbox", port=0, daemon_port=0)


def test_without_a_sandbox_it_says_how_to_start_one(workshop):
    for words in (("break", "honeycomb", "silent"), ("break",), ("mend",)):
        done = workshop(*words)
        assert done.returncode == 2
        assert "The sandbox is not running" in done.stderr
        assert "workshop sandbox" in done.stderr


def test_what_is_broken_is_told_everywhere_and_undone(workshop, sandbox):
    assert "all four back ends answer" in workshop("break").stdout
    done = workshop("break", "honeycomb", "silent")
    assert done.stdout.startswith("Honeycomb: it accepts connections, reads")
    assert "mend honeycomb`" in done.stdout
    workshop("break", "rollbar", "429")
    told = "Broken on purpose: Honeycomb (silent), Rollbar (429)"
    assert told in workshop("break").stdout
    assert told in workshop().stdout
    assert "! sandbox         is broken on purpose: Honeycomb (silent)" in workshop("doctor").stdout
    assert told in requests.get(sandbox.url, timeout=10).text
    page = requests.get(f"{sandbox.url}/xray", headers={"Accept": "text/html"}, timeout=10).text
    assert told in page
    assert (
        "broken on purpose   Honeycomb (silent)" in (sandbox.data_dir / "sandbox.log").read_text()
    )
    assert workshop("mend", "rollbar").stdout == (
        "Mended: Rollbar (429).\nStill broken: Honeycomb (silent).\n"
    )
    assert workshop("mend").stdout == "Mended: Honeycomb (silent).\n"
    assert workshop("mend").stdout == "Nothing was broken there.\n"
    assert "Broken" not in workshop().stdout
    assert "broken on purpose" not in workshop("doctor").stdout


def test_all_can_be_broken_at_once(workshop, sandbox):
    assert (
        "Honeycomb, X-Ray, CloudWatch Logs, Rollbar" in workshop("break", "all", "refused").stdout
    )
    assert "Rollbar (refused)" in workshop("break").stdout


def test_an_app_is_given_the_ports_that_can_be_broken(workshop, sandbox):
    printed = workshop("env").stdout
    for name, vendor in (
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "honeycomb"),
        ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "cloudwatch"),
        ("ROLLBAR_ENDPOINT", "rollbar"),
    ):
        assert f"export {name}={sandbox.doors[vendor]}" in printed
    assert f"AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:{sandbox.daemon_port}" in printed


def test_who_sends_to_the_real_one_is_told_that_it_stays_well(workshop, sandbox, checkout):
    (checkout / ".env").write_text("ROLLBAR_ACCESS_TOKEN=a-token-of-mine\n")
    said = workshop("break", "all", "silent").stdout
    assert "sends to the real Rollbar, which this does not touch" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("break", "honeycomb"), "Name a mode"),
        (("break", "honey", "silent"), "'honeycomb', 'xray', 'cloudwatch', 'rollbar', 'all'"),
        (("break", "xray", "down"), "'refused', 'silent', 'late', '500', '429', 'killed'"),
        (("mend", "nobody"), "'honeycomb', 'xray'"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_ones(workshop, words, said):
    done = workshop(*words)
    assert done.returncode == 2
    assert said in re.sub(r"\s+", " ", done.stderr)
    assert "Traceback" not in done.stderr


def test_its_help_tells_every_word():
    text = main.commands["break"].help
    assert all(word in text for word in (*VENDORS, *MODES, "workshop mend", "UDP"))
