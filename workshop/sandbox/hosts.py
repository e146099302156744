"""Tells a request to this machine from one that a web page elsewhere has steered here.

A page may give this machine a domain of its own and so read what is here; the Host header then has
that name. https://en.wikipedia.org/wiki/DNS_rebinding
"""

import os

HOSTS = ("127.0.0.1", "localhost", "[::1]")
# In a container, where loopback is the container alone: the name by which the others there call it.
CONTAINER = "WORKSHOP_CONTAINER_NAME"
ANYWHERE = "0.0.0.0"  # noqa: S104 - within the containers' own network; compose publishes to loopback


def listen_address() -> str:
    """Return the address to listen at: loopback, but for a container, which has its own network."""
    return ANYWHERE if os.environ.get(CONTAINER) else HOSTS[0]


def is_this_machine(host: str) -> bool:
    """Tell whether a Host header, with its port or without, names this machine."""
    name, colon, port = host.rpartition(":")
    asked = (name if colon and port.isdecimal() else host).lower()
    return asked in HOSTS or (bool(asked) and asked == os.environ.get(CONTAINER))
