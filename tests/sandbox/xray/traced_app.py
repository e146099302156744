"""A tiny Flask app with the real X-Ray SDK, run as a process of its own: `traced_app.py SECONDS`.

The SDK reports what it has sampled every ten seconds; SECONDS puts another number in its place.
"""

import sys

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware
from flask import Flask, jsonify
from werkzeug.serving import make_server

app = Flask(__name__)
xray_recorder.configure(service="backend")
XRayMiddleware(app, xray_recorder)
sampler = xray_recorder.sampler


@app.get("/sdk/rules")
def tell_rules():
    """What the SDK knows: when it fetched its rules, and of each its rate and quota."""
    cache = sampler._cache
    rules = {rule.name: [rule.rate, rule.reservoir.quota] for rule in cache.rules}
    return jsonify(fetched=cache.last_updated or 0, rules=rules)


@app.get("/<path:path>")
def answer(path):
    return path


def main(seconds):
    poller = sampler._target_poller
    poller._interval = seconds
    # Up to a tenth of a second is what the ten seconds give; a shorter interval would give more.
    poller._get_jitter = lambda: 0
    # The chance of each draw is the SDK's; the order of the draws is the same in every run.
    sampler._random.seed(7)
    server = make_server("127.0.0.1", 0, app)
    print(server.port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(float(sys.argv[1]))
