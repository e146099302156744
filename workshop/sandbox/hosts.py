"""Tells a request to this machine from one that a web page elsewhere has steered here.

A page may give this machine a domain of its own and so read what is here; the Host header then has
that name. https://en.wikipedia.org/wiki/DNS_rebinding
"""

HOSTS = ("127.0.0.1", "localhost", "[::1]")


def is_this_machine(host: str) -> bool:
    """Tell whether a Host header, with its port or without, names this machine."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower() in HOSTS
