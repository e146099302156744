"""The real programs of these tests: where they are looked for, and how to get them."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Where `go install` and ocb put them when the commands below are run in the checkout.
BUILT = ROOT / ".workshop" / "interop"


@dataclass(frozen=True)
class Program:
    """A program that is not ours.

    Args:
        title: as people call it.
        name: its file's name.
        variable: the variable that may name its file.
        commands: what builds it, in the checkout, with Go at hand.
    """

    title: str
    name: str
    variable: str
    commands: tuple[str, ...]

    def find(self):
        """Return its path; skip the test, with the commands that build it, where it is absent."""
        named = os.environ.get(self.variable)
        if named:
            assert Path(named).is_file(), f"{self.variable} names {named}, which is not there"
            return named
        built = BUILT / self.name
        found = str(built) if built.is_file() else shutil.which(self.name)
        if found is None:
            lines = "\n    ".join(self.commands)
            pytest.skip(f"{self.title} is not here. Build it, or set {self.variable}:\n    {lines}")
        return found


COLLECTOR_VERSION = "v0.155.0"
COLLECTOR = Program(
    "The OpenTelemetry Collector",
    "otelcol",
    "WORKSHOP_OTELCOL",
    (
        f"GOBIN=$PWD/.workshop/interop go install"
        f" go.opentelemetry.io/collector/cmd/builder@{COLLECTOR_VERSION}",
        ".workshop/interop/builder --config tests/interop/otelcol.yaml",
        "cp .workshop/interop/otelcol-build/otelcol .workshop/interop/otelcol",
    ),
)
# Of 2025-11-25; its tags cannot be asked for, as its module path lacks their major version.
DAEMON_COMMIT = "bf482fb"
DAEMON = Program(
    "The AWS X-Ray daemon",
    "xray",
    "WORKSHOP_XRAY_DAEMON",
    (
        f"GOBIN=$PWD/.workshop/interop go install"
        f" github.com/aws/aws-xray-daemon/cmd/tracing@{DAEMON_COMMIT}",
        "mv .workshop/interop/tracing .workshop/interop/xray",
    ),
)
PYROLLBAR = Program(
    "A Python with pyrollbar, Twisted and App Engine's API",
    "pyrollbar/bin/python",
    "WORKSHOP_PYROLLBAR_PYTHON",
    (
        "python3 -m venv .workshop/interop/pyrollbar",
        ".workshop/interop/pyrollbar/bin/pip install -r tests/interop/pyrollbar.txt",
    ),
)
