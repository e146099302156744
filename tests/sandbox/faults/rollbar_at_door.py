"""Reports one message with Rollbar's library: rollbar_at_door.py URL SECONDS MESSAGE."""

import logging
import sys

import rollbar

logging.basicConfig(level=logging.WARNING)
url, seconds, message = sys.argv[1:]
rollbar.init(
    "sandbox", "test", handler="blocking", endpoint=f"{url}/api/1/", timeout=float(seconds)
)
rollbar.report_message(message)
