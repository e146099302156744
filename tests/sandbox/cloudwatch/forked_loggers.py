"""Logs from two forked workers at once, as a server that forks does; run as a program.

Each worker makes its own handler: one that was made before would share its connection.
"""

import logging
import os
import sys

from watchtower import CloudWatchLogHandler

LINES = 1000
WORKERS = 2


def log(name, group):
    handler = CloudWatchLogHandler(log_group_name=group, log_stream_name=name, send_interval=1)
    logger = logging.getLogger(name)
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    for line in range(LINES):
        logger.info("line %d", line)
    # As a worker ends that is told to stop: what waits is sent.
    logging.shutdown()


def main(group):
    workers = []
    for number in range(WORKERS):
        process = os.fork()
        if process == 0:
            log(f"workers.{number}", group)
            os._exit(0)
        workers.append(process)
    return max(os.waitpid(process, 0)[1] for process in workers)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
