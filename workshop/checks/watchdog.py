"""Cleans up after a check that was killed, and so could not do it itself.

It runs beside the check as a process of its own, `python -I -S watchdog.py MARK FOLDER`, which is
quick to start as it looks for no packages. Its standard input is a pipe that only the check holds.
Where that closes without a word, the check is gone, however it ended.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ALL_DONE = b"done"
ROOT = Path(__file__).parents[2]


@contextmanager
def watching(mark: str, folder: Path) -> Iterator[None]:
    """Have what a check starts ended, and its folder removed, even if the check is killed.

    Args:
        mark: the value of `process_tree.MARK` in the environment of all that it starts.
        folder: its temporary folder.
    """
    words = [sys.executable, "-I", "-S", __file__, mark, str(folder)]
    # A session of its own: Ctrl-C and a closed terminal must not end it first.
    with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True) as dog:
        yield
        dog.communicate(ALL_DONE)


def main(mark: str, folder: str) -> None:
    """Wait until the check has ended; clean up unless it says that it has done so."""
    if sys.stdin.buffer.read() == ALL_DONE:
        return
    # What this needs takes time to import, and mostly it is not needed.
    import shutil
    import site

    site.main()
    sys.path.insert(0, str(ROOT))
    from workshop import process_tree

    process_tree.kill_marked(mark)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
