"""Notes what an app does with OpenTelemetry: provider, processors, exporter, own spans."""

import os
import re

from workshop_probe.noting import frames, is_asked_by, is_theirs, lines, name_of, note, where
from workshop_probe.wrapping import argument, watch

# As the exporter introduces itself, whatever session it is given.
SENDS_SPANS = re.compile(r"OTel-OTLP-Exporter").match
# What Rollbar's library posts to; its address differs.
REPORTS = "/api/1/item"


def watch_sdk(trace):
    """Note providers, processors, own spans and attributes that come too late."""

    def provider_made(instance, args, kwargs):
        note(
            "provider",
            provider=name_of(instance),
            name=instance.resource.attributes.get("service.name", ""),
            sampler=instance.sampler.get_description(),
            disabled=os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true",
            flushes=getattr(instance, "_atexit_handler", True) is not None,
            where=where(),
        )

    def processor_added(instance, args, kwargs):
        processor = argument(args, kwargs, 0, "span_processor")
        exporter = getattr(processor, "span_exporter", None)
        if exporter is None:
            inner = getattr(processor, "_batch_processor", None)
            exporter = getattr(inner, "_exporter", None)
        note(
            "processor",
            provider=name_of(instance),
            kind=type(processor).__name__,
            exporter=type(exporter).__name__,
            where=where(),
        )

    def span_started(instance, args, kwargs):
        line = where()
        if line and not is_asked_by("opentelemetry/instrumentation"):
            note("span", once=True, name=argument(args, kwargs, 0, "name"), where=line)
        attributes = argument(args, kwargs, 3, "attributes") or {}
        if REPORTS in str(attributes.get("url.full") or attributes.get("http.url")):
            # Noted here, where it shows even if this one is not sampled.
            note("report-span", once=True)

    def attribute_set(instance, args, kwargs):
        if getattr(instance, "end_time", None) is not None:
            key = argument(args, kwargs, 0, "key")
            note("late-attribute", once=True, key=key, where=where())

    watch(trace.TracerProvider, "__init__", after=provider_made)
    watch(trace.TracerProvider, "add_span_processor", before=processor_added)
    watch(trace.Tracer, "start_span", before=span_started)
    watch(trace.Span, "set_attribute", before=attribute_set)


def watch_api(trace):
    """Note which provider the process was given."""

    def provider_set(instance, args, kwargs):
        given = argument(args, kwargs, 0, "tracer_provider")
        note(
            "set-provider",
            provider=name_of(given),
            accepted=trace.get_tracer_provider() is given,
            where=where(),
        )

    watch(trace, "set_tracer_provider", after=provider_set)


def watch_resource(module):
    """Note where the app's own code describes its service, and through which of its lines."""

    def described(instance, args, kwargs):
        caller = next(frame for frame in frames() if "/wrapt/" not in frame.f_code.co_filename)
        if is_theirs(caller.f_code.co_filename):
            note("resource", where=where(), lines=lines())

    watch(module.Resource, "create", after=described)
    watch(module.Resource, "__init__", after=described)


def watch_propagate(module):
    """Note that the app's own code decides how context travels."""

    def propagator_set(instance, args, kwargs):
        note("propagator", where=where())

    watch(module, "set_global_textmap", before=propagator_set)


def watch_exporter(module):
    """Note where the exporter sends, and whether the code or a variable said so; never a key."""

    def exporter_made(instance, args, kwargs):
        endpoint = getattr(instance, "_endpoint", "")
        headers = argument(args, kwargs, 4, "headers") or {}
        session = argument(args, kwargs, 7, "session")
        note(
            "exporter",
            endpoint=endpoint,
            endpoint_in_code=bool(args or kwargs.get("endpoint")),
            headers_in_code=len(args) > 4 or bool(kwargs.get("headers")),
            # A session of its own signs what it sends; a bearer token is a header.
            for_aws=bool(session)
            or "xray" in endpoint
            or any(str(name).lower() == "authorization" for name in headers),
            where=where(),
        )

    watch(module.OTLPSpanExporter, "__init__", after=exporter_made)


def watch_flask_instrumentation(module):
    """Note which app object is instrumented."""

    def instrumented(instance, args, kwargs):
        app = argument(args, kwargs, 0, "app")
        note("instrument-flask", app=name_of(app), where=where())

    watch(module.FlaskInstrumentor, "instrument_app", before=instrumented)


def watch_requests_instrumentation(module):
    """Note that outgoing requests are instrumented."""

    def instrumented(instance, args, kwargs):
        note("instrument-requests", where=where())

    watch(module.RequestsInstrumentor, "instrument", before=instrumented)


def watch_sending(module):
    """Note how spans leave by `requests`: where to, signed for whom, with which headers' names."""

    def sending(instance, args, kwargs):
        request = argument(args, kwargs, 0, "request")
        if not SENDS_SPANS(str(request.headers.get("User-Agent", ""))):
            return
        scheme, _, rest = str(request.headers.get("Authorization", "")).partition(" ")
        scope = rest.partition("Credential=")[2].partition(",")[0].split("/")
        note(
            "spans-sent",
            once=True,
            url=request.url.partition("?")[0],
            scheme=scheme,
            service=scope[3] if len(scope) == 5 else "",
            headers=sorted(name.lower() for name in request.headers),
            encoding=request.headers.get("Content-Encoding", ""),
        )

    watch(module.HTTPAdapter, "send", before=sending)


WATCHED = {
    "opentelemetry.trace": watch_api,
    "opentelemetry.propagate": watch_propagate,
    "opentelemetry.sdk.resources": watch_resource,
    "opentelemetry.sdk.trace": watch_sdk,
    "opentelemetry.exporter.otlp.proto.http.trace_exporter": watch_exporter,
    "opentelemetry.instrumentation.flask": watch_flask_instrumentation,
    "opentelemetry.instrumentation.requests": watch_requests_instrumentation,
    "requests.adapters": watch_sending,
}
