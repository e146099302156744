"""The one error that a learner may meet: it says what happened and what to run next."""

import shutil


class WorkshopError(Exception):
    """Something that the learner can mend.

    Args:
        what: what happened, in one or two plain sentences.
        next_step: what to do now; a command is printed as it must be typed.
    """

    def __init__(self, what: str, next_step: str = "") -> None:
        super().__init__(f"{what}\n{next_step}".strip())
        self.what = what
        self.next_step = next_step


def command(words: str = "") -> str:
    """Return a workshop command as it runs in this shell, for use in messages.

    Args:
        words: what follows the program's name, such as `apply 1`; nothing gives the name alone.
    """
    program = "workshop" if shutil.which("workshop") else ".venv/bin/workshop"
    return f"{program} {words}".strip()
