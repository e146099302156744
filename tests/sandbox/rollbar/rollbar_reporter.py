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


def report_on_app_engine():
    """Google's own stand-in for the service, which sends by HTTP."""
    from google.appengine.ext.testbed import Testbed

    testbed = Testbed()
    testbed.activate()
    testbed.init_urlfetch_stub()
    report()


def report_in_the_reactor(answers=2, at_most_s=20):
    """Twisted's event loop, until Rollbar has answered both reports."""
    from twisted.internet import reactor

    parse = rollbar._parse_response
    left = [answers]

    def parse_and_count(*words, **named):
        left[0] -= 1
        if not left[0]:
            reactor.stop()
        return parse(*words, **named)

    rollbar._parse_response = parse_and_count
    reactor.callWhenRunning(report)
    reactor.callLater(at_most_s, reactor.stop)
    reactor.run()


def main(handler, endpoint, token="sandbox", size="0"):
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    rollbar.init(token, "test", handler=handler, endpoint=endpoint, root="/nowhere")
    if int(size):
        rollbar.report_message("x" * int(size))
    elif handler in ("httpx", "tornado"):
        asyncio.run(report_in_a_loop())
    elif handler == "async":
        asyncio.run(report_by_coroutines())
    elif handler == "gae":
        report_on_app_engine()
    elif handler == "twisted":
        report_in_the_reactor()
    else:
        report()
    rollbar.wait()


main(*sys.argv[1:])
