"""The stand-in for the vendors: one process, on this machine only, that keeps what it is sent."""

VERSION = "0.1.0"
LOOPBACK = "127.0.0.1"
SANDBOX_KEY = "sandbox"
