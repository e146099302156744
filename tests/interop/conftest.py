import sys
from pathlib import Path

import pytest

from workshop.sandbox.server import running_sandbox

# The real clients that the sandbox's own tests use are used here, too.
SANDBOX_TESTS = Path(__file__).parents[1] / "sandbox"
sys.path[:0] = [str(SANDBOX_TESTS), str(SANDBOX_TESTS / "xray")]


@pytest.fixture
def sandbox(tmp_path):
    with running_sandbox(tmp_path / "sandbox") as running:
        yield running
