"""Sends segments by the real X-Ray SDK, as many as each line of its input says.

Importing the SDK opens a socket that nobody closes, so it has a process of its own.
"""

import sys

from aws_xray_sdk.core import xray_recorder

xray_recorder.configure(service="backend", sampling=False, plugins=())
number = 0
for line in sys.stdin:
    for _ in range(int(line)):
        segment = xray_recorder.begin_segment()
        segment.put_annotation("number", number)
        with xray_recorder.in_subsegment("work"):
            pass
        xray_recorder.end_segment()
        number += 1
    print(number, flush=True)
