"""Looks at `.env`: whether it could leave this machine, or be read by others on it."""

import stat
import subprocess
from pathlib import Path

from workshop.doctor.remarks import FINE, NOTE, PROBLEM, Remark

GROUP = "Vendors"
SUBJECT = ".env"


def examine(root: Path) -> list[Remark]:
    """Return what there is to say of `.env`.

    Args:
        root: the checkout.
    """
    file = root / ".env"
    if not file.is_file():
        return [Remark(GROUP, SUBJECT, FINE, "there is none; .env.example tells what it is for")]
    if _is_tracked(root):
        return [
            Remark(
                GROUP,
                SUBJECT,
                PROBLEM,
                "is committed, and its keys with it",
                "Revoke the keys, then: git rm --cached .env && git commit",
            )
        ]
    if file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return [Remark(GROUP, SUBJECT, NOTE, "can be read by others here", "chmod 600 .env")]
    return [Remark(GROUP, SUBJECT, FINE, "is yours alone, and git does not know it")]


def _is_tracked(root: Path) -> bool:
    words = ["git", "ls-files", "--error-unmatch", SUBJECT]
    try:
        return subprocess.run(words, cwd=root, capture_output=True).returncode == 0
    except OSError:
        return False
