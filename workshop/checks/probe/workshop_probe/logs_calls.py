"""Notes how an app's log is set up, and what goes to CloudWatch Logs."""

import os
import sys
import threading
import time
import traceback

from workshop_probe.noting import frames, in_request, is_theirs, lines, note, place, quietly, where
from workshop_probe.wrapping import argument, watch, wrapt


def watch_aws_session(module):
    """Note what a client of CloudWatch Logs is given by the app's own code; never a key."""

    def made(instance, args, kwargs):
        if argument(args, kwargs, 0, "service_name") == "logs":
            own = instance.instance_variables()
            note(
                "logs-client",
                region_in_code=bool(kwargs.get("region_name") or own.get("region")),
                empty_region=kwargs.get("region_name") == "",
                endpoint_in_code=bool(kwargs.get("endpoint_url")),
                keys_in_code=bool(kwargs.get("aws_access_key_id")),
                where=where(),
            )

    watch(module.Session, "create_client", after=made)


def watch_aws_client(module):
    """Note calls to CloudWatch Logs: where they go, who makes them, and whether at the start."""

    def called(instance, args, kwargs):
        if instance.meta.service_model.service_name != "logs":
            return
        asked = argument(args, kwargs, 1, "api_params") or {}
        in_main = threading.current_thread() is threading.main_thread()
        operation = argument(args, kwargs, 0, "operation_name")
        note(
            "logs-call",
            once=True,
            operation=operation,
            ms=int(1000 * time.time()) if operation == "CreateLogStream" else 0,
            endpoint=instance.meta.endpoint_url,
            group=asked.get("logGroupName", ""),
            stream=asked.get("logStreamName", ""),
            pid=os.getpid(),
            at_start=in_main and not in_request(),
            by_config=any("logging/config.py" in each.f_code.co_filename for each in frames()),
            lines=lines(),
        )

    watch(module.BaseClient, "_make_api_call", before=called)


def watch_log_configuration(module):
    """Note what keeps a part of logging from being configured: Flask does not show the cause."""

    def configured(wrapped, instance, args, kwargs):
        try:
            return wrapped(*args, **kwargs)
        except Exception as error:
            quietly(failed, error.__cause__ or error)
            raise

    def failed(error):
        places = [
            place(each.filename, each.lineno)
            for each in traceback.extract_tb(error.__traceback__)
            if is_theirs(each.filename)
        ]
        note(
            "log-configuration-failed",
            error=f"{type(error).__name__}: {error}",
            where=next(reversed(places), "") or where(),
        )

    quietly(wrapt.wrap_function_wrapper, module, "dictConfig", configured)


def is_their_logger(name):
    """Tell whether a logger is named like a package of the learner's, or like no package."""
    package = sys.modules.get(name.partition(".")[0])
    return package is None or is_theirs(getattr(package, "__file__", None) or "")


def watch_log_handler(module):
    """Note handlers that send to CloudWatch Logs, which lines reach them, and how they end."""
    logging = sys.modules["logging"]

    def made(instance, args, kwargs):
        old = [name for name in ("log_group", "stream_name") if kwargs.get(name) is not None]
        note("log-handler", stream=instance.log_stream_name, old=old, where=where())

    def emitted(instance, args, kwargs):
        record = argument(args, kwargs, 0, "message")
        path = sys.modules["flask"].request.path if in_request() else None
        texts = [record.getMessage(), *vars(record).values()]
        about = path and any(path in str(each) for each in texts if isinstance(each, str | dict))
        note(
            "log-line",
            once=True,
            level=record.levelno,
            about=bool(about and not record.exc_info),
            where=where(),
        )

    def closed(instance, args, kwargs):
        named = logging.root.manager.loggerDict.values()
        named = [each for each in named if isinstance(each, logging.Logger)]
        note(
            "log-handler-closed",
            level=instance.level,
            holders=[
                {"name": each.name, "level": each.getEffectiveLevel()}
                for each in [logging.root, *named]
                if instance in each.handlers
            ],
            silent=[
                {"name": each.name, "disabled": bool(each.disabled)}
                for each in named
                if is_their_logger(each.name)
                and (each.disabled or not each.propagate)
                and instance not in each.handlers
            ],
            where=where(),
        )

    watch(module.CloudWatchLogHandler, "__init__", after=made)
    watch(module.CloudWatchLogHandler, "emit", before=emitted)
    watch(module.CloudWatchLogHandler, "close", before=closed)


WATCHED = {
    "botocore.client": watch_aws_client,
    "botocore.session": watch_aws_session,
    "logging.config": watch_log_configuration,
    "watchtower": watch_log_handler,
}
