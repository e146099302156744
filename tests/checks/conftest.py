"""What the tests of the checks share."""

import pytest

pytest.register_assert_rewrite("apps", "mutants", "wrong_apps")

import apps  # noqa: E402 - after the line above, or its asserts would say nothing


def pytest_addoption(parser):
    parser.addoption(
        "--record", action="store_true", help="Write the transcripts of tests/mistakes/ anew."
    )


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """Checks apps, and asserts after each check that nothing of it is left."""
    return apps.Bench(tmp_path / "temp", monkeypatch)


@pytest.fixture
def folder(tmp_path):
    """A folder for an app, with a space in its path."""
    made = tmp_path / "an app"
    made.mkdir()
    return made
