from datetime import UTC, datetime

from opentelemetry import trace

tracer = trace.get_tracer("home.activities")


class HomeActivities:
    def run():
        with tracer.start_as_current_span("home-activities-mock-data") as span:
            rows = [{"handle": "Worf", "message": "I like prune juice.", "likes_count": 0}]
            span.set_attribute("app.now", datetime.now(UTC).isoformat())
            span.set_attribute("app.result_length", len(rows))
            return rows
