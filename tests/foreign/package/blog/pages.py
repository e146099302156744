from flask import Blueprint
from opentelemetry import trace

blueprint = Blueprint("pages", __name__)
tracer = trace.get_tracer(__name__)


@blueprint.get("/activities/home")
def home():
    with tracer.start_as_current_span("collect posts") as span:
        posts = ["one", "two"]
        span.set_attribute("posts.count", len(posts))
    return posts


@blueprint.get("/health-check")
def health():
    return {"success": True}
