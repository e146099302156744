"""Sentry's SDK, as its documentation sets it up for Flask."""

import os

import sentry_sdk


def before() -> None:
    """Begin before the app is made."""
    address = os.environ["BENCH_SINK"].removeprefix("http://")
    sentry_sdk.init(
        dsn=f"http://public@{address}/1", traces_sample_rate=1.0, send_default_pii=False
    )


def after(_app: object) -> None:
    """Nothing more."""
