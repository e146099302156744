"""A small Flask app that reports to Rollbar, asked once: `python flask_shop.py ENDPOINT`."""

import sys

import rollbar
import rollbar.contrib.flask
from flask import Flask, Request


class ShopRequest(Request):
    @property
    def rollbar_person(self):
        return {"id": "42", "username": "bayko", "email": "bayko@example.com"}


app = Flask(__name__)
app.request_class = ShopRequest


@app.get("/orders/<number>")
def show(number):
    account, price = {"password": "correct horse"}, 12
    return str(account) + str(price / (len(number) - len(number)))


rollbar.contrib.flask.init(
    app,
    "sandbox",
    "staging",
    endpoint=sys.argv[1],
    handler="blocking",
    code_version="1.2.3",
    root=__file__.rpartition("/")[0],
    capture_username=True,
)
trace = "00-" + "0af7651916cd43dd8448eb211c80319c" + "-b7ad6b7169203331-01"
answer = app.test_client().get("/orders/7?token=t0ps3cret", headers={"Traceparent": trace})
sys.exit(answer.status_code != 500)
