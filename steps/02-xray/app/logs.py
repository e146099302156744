"""How both services log: plain lines on stderr."""

import logging


def configure() -> None:
    """Show everything from INFO up."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
