"""A recorder of aws-xray-sdk whose documents are kept, not sent.

As a program it prints them, a line each: importing the SDK opens a socket that nobody closes, so
it has a process of its own.
"""

import sys

from aws_xray_sdk.core import AWSXRayRecorder


class Emitter:
    """Takes the place of the SDK's UDP emitter."""

    def __init__(self):
        self.documents = []

    def send_entity(self, entity):
        # As the emitter itself does.
        self.documents.append(entity.serialize())

    def set_daemon_address(self, address):
        pass


def record(subsegments):
    """Return the documents of one request, with so many subsegments in a failing one."""
    emitter = Emitter()
    recorder = AWSXRayRecorder()
    recorder.configure(
        service="backend",
        sampling=False,
        emitter=emitter,
        context_missing="RUNTIME_ERROR",
        plugins=(),
    )
    segment = recorder.begin_segment()
    segment.put_http_meta("url", "http://localhost/search")
    segment.put_http_meta("method", "GET")
    try:
        with recorder.in_subsegment("search"):
            for number in range(subsegments):
                with recorder.in_subsegment(f"step {number}") as step:
                    step.put_annotation("number", number)
                    step.put_metadata("square", number * number)
            raise ValueError("too far")
    except ValueError:
        pass
    with recorder.in_subsegment("profiles", namespace="remote") as call:
        call.put_http_meta("status", 503)
    segment.put_http_meta("status", 200)
    recorder.end_segment()
    return emitter.documents


if __name__ == "__main__":
    print("\n".join(record(int(sys.argv[1]))))
