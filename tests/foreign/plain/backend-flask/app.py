import os

from flask import Flask, request
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from services.home_activities import HomeActivities

provider = TracerProvider()
processor = BatchSpanProcessor(OTLPSpanExporter())
provider.add_span_processor(processor)
trace.set_tracer_provider(provider)

app = Flask(__name__)
origin = os.environ["FRONTEND_URL"]

FlaskInstrumentor().instrument_app(app)
RequestsInstrumentor().instrument()


@app.route("/api/message_groups", methods=["GET"])
def data_message_groups():
    return [{"display_name": "Londo Mollari", "handle": "londo"}], 200


@app.route("/api/messages/@<string:handle>", methods=["GET"])
def data_messages(handle):
    return [{"handle": handle, "message": "Hello there"}], 200


@app.route("/api/messages", methods=["POST", "OPTIONS"])
def data_create_message():
    return {"message": request.json["message"]}, 200


@app.route("/api/activities/home", methods=["GET"])
def data_home():
    return HomeActivities.run(), 200


@app.route("/api/activities/notifications", methods=["GET"])
def data_notifications():
    return [], 200


@app.route("/api/activities/@<string:handle>", methods=["GET"])
def data_handle(handle):
    return [{"handle": handle, "message": "Cloud is fun!"}], 200


@app.route("/api/activities/search", methods=["GET"])
def data_search():
    return [{"message": request.args.get("term")}], 200


@app.route("/api/activities", methods=["POST", "OPTIONS"])
def data_activities():
    return {"message": request.json["message"]}, 200


@app.route("/api/activities/<string:activity_uuid>", methods=["GET"])
def data_show_activity(activity_uuid):
    return {"uuid": activity_uuid}, 200


@app.after_request
def allow_origin(response):
    response.headers["Access-Control-Allow-Origin"] = origin
    return response


if __name__ == "__main__":
    app.run(debug=True)
