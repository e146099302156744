import pytest

from workshop.sandbox.server import running_sandbox


@pytest.fixture
def sandbox(tmp_path):
    with running_sandbox(tmp_path / "sandbox", with_doors=True) as running:
        yield running
