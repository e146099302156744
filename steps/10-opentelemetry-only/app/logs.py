"""How both services log: plain lines on stderr, and JSON lines to CloudWatch Logs."""

import logging.config

# What the sending itself has to say stays here: sent on, it would give rise to more of the same.
# werkzeug's access lines do, too: the app writes a line about each request itself.
HERE_ONLY = ["botocore", "urllib3", "werkzeug"]


def configure(service_name: str) -> None:
    """Show everything from INFO up."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "plain": {
                    "()": "app.telemetry.cloudwatch.PlainFormatter",
                    "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
                },
                "json": {
                    "()": "app.telemetry.cloudwatch.JsonFormatter",
                    "service_name": service_name,
                },
            },
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "plain"},
                "cloudwatch": {
                    "()": "app.telemetry.cloudwatch.make_handler",
                    "service_name": service_name,
                    "formatter": "json",
                },
            },
            "loggers": {
                **{name: {"handlers": ["stderr"], "propagate": False} for name in HERE_ONLY},
            },
            "root": {"level": "INFO", "handlers": ["stderr", "cloudwatch"]},
        }
    )
