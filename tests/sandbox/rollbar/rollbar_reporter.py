"""A program that reports to Rollbar by pyrollbar: `python rollbar_reporter.py HANDLER ENDPOINT`.

It runs apart, because pyrollbar can be set up only once in a process.
"""

import asyncio
import logging
import sys

import rollbar
from rollbar.lib import _async


def divide(total, people):
    return total / people


def report():
    try:
        divide(10, 0)
    except ZeroDivisionError:
        rollbar.report_exc_info(extra_data={"order": "A1"}, payload_data={"fingerprint": "pay"})
    rollbar.report_message("It is slow", "warning", extra_data={"page": "home"})


async def report_in_a_loop():
    report()
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})


async def report_by_coroutines():
    try:
        divide(10, 0)
    except ZeroDivisionError:
        # In the task that the SDK makes, there is no exception any more.
        raised, data = sys.exc_info(), {"fingerprint": "pay"}
        await _async.report_exc_info(raised, extra_data={"order": "A1"}, payload_data=data)
    await _async.report_message("It is slow", "warning", extra_data={"page": "home"})
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})


def main(handler, endpoint, token="sandbox", size="0"):
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    rollbar.init(token, "test", handler=handler, endpoint=endpoint, root="/nowhere")
    if int(size):
        rollbar.report_message("x" * int(size))
    elif handler == "httpx":
        asyncio.run(report_in_a_loop())
    elif handler == "async":
        asyncio.run(report_by_coroutines())
    else:
        report()
    rollbar.wait()


main(*sys.argv[1:])
