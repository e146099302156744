"""Apps that are not the course's are judged on the lines that they send, and on nothing else."""

import pytest
from apps import ids, write

from workshop.checks.cloudwatch import STEP

HEAD = """
import json
import logging
import time
import boto3
import watchtower
from flask import Flask, g, request
LOGGER = logging.getLogger(__name__)
LOGGER.setLevel(logging.DEBUG)
"""
HANDLER = """
LOGGER.addHandler(watchtower.CloudWatchLogHandler(log_group_name="cruddur"))
"""
IN_A_TRY = """
try:
    LOGGER.addHandler(watchtower.CloudWatchLogHandler(
        log_group_name="cruddur", log_group_retention_days=7, send_interval=1
    ))
except Exception as error:
    print(error)
"""
# Without watchtower: boto3 alone, a call for each line.
BY_HAND = """
client = boto3.client("logs")
try:
    client.create_log_group(logGroupName="cruddur")
    client.put_retention_policy(logGroupName="cruddur", retentionInDays=1)
    client.create_log_stream(logGroupName="cruddur", logStreamName="web")
except Exception as error:
    print(error)

class Sender(logging.Handler):
    def emit(self, record):
        event = {"timestamp": int(1000 * record.created), "message": self.format(record)}
        client.put_log_events(logGroupName="cruddur", logStreamName="web", logEvents=[event])

LOGGER.addHandler(Sender())
"""
APP = """
app = Flask(__name__)

@app.before_request
def begin():
    g.began = time.time()

@app.get("/api/activities/home")
def home():
    return []

@app.get("/api/activities/search")
def search():
    return [], 422

@app.post("/api/messages")
def message():
    return {}["message"]
"""
SENTENCE = """
@app.after_request
def after_request(response):
    stamp = time.strftime("[%Y-%b-%d %H:%M]")
    LOGGER.error("%s %s %s %s %s %s", stamp, request.remote_addr, request.method, request.scheme,
                 request.full_path, response.status)
    return response
"""
OBJECT = """
@app.after_request
def after_request(response):
    level = logging.ERROR if response.status_code > 499 else logging.INFO
    line = {"level": logging.getLevelName(level), "status": response.status_code,
            "path": request.path, "seconds": time.time() - g.began}
    LOGGER.log(level, LINE)
    return response
"""
AS_DICT, AS_TEXT = OBJECT.replace("LINE", "line"), OBJECT.replace("LINE", "json.dumps(line)")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            HEAD + HANDLER + APP + SENTENCE,
            [
                "cloudwatch/no-retention",
                "cloudwatch/everything-at-error",
                "cloudwatch/not-structured",
                "cloudwatch/needs-cloudwatch",
            ],
        ),
        (HEAD + IN_A_TRY + APP + AS_DICT, []),
        (HEAD + BY_HAND + APP + AS_TEXT, []),
        (HEAD + APP + AS_DICT, ["cloudwatch/never-called"]),
        ("import time\nfrom flask import Flask, g\n" + APP, ["cloudwatch/absent"]),
    ],
    ids=[
        "as the bootcamp's notes have it",
        "dicts, and a group that watchtower makes if it can",
        "boto3 alone",
        "imported only",
        "nothing of the kind",
    ],
)
def test_foreign_app(bench, folder, text, found):
    write(folder, app=text)
    assert ids(bench.check(folder, number=STEP)) == found
