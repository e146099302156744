"""Elastic's agent, as its documentation sets it up for Flask."""

import os

from elasticapm.contrib.flask import ElasticAPM


def before() -> None:
    """Nothing yet."""


def after(app: object) -> None:
    """Add the agent to the app."""
    ElasticAPM(
        app, server_url=os.environ["BENCH_SINK"], service_name="backend", api_request_time="1s"
    )
