"""A flag that says: wait for nothing any more, clean up and leave."""


class Hurry:
    """Is set once, from anywhere, a signal handler included.

    `threading.Event` takes a lock when it is set. A second signal in that moment would wait for the
    lock for ever; this takes none.
    """

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        """Set it, for good."""
        self._is_set = True

    def is_set(self) -> bool:
        """Tell whether it is set."""
        return self._is_set
