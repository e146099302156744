"""Notes how an app sets up X-Ray's SDK: recorder, emitter, middleware, patches."""

import os
import sys

from workshop_probe.noting import lines, name_of, note, where
from workshop_probe.wrapping import argument, watch

# As the check has set it: the app's own code may write another one over it.
DAEMON = os.environ.get("AWS_XRAY_DAEMON_ADDRESS", "")


def watch_xray(core):
    """Note how the X-Ray recorder is configured, and calls in a thread that has no segment."""

    def configured(instance, args, kwargs):
        naming = argument(args, kwargs, 7, "dynamic_naming")
        note(
            "xray-configure",
            sampling=bool(instance.sampling),
            rules=bool(argument(args, kwargs, 3, "sampling_rules") or kwargs.get("sampler")),
            dynamic=naming is not None,
            asked=argument(args, kwargs, 4, "daemon_address") or "",
            where=where(),
            lines=lines(),
        )

    def begins(instance, args, kwargs):
        namespace = argument(args, kwargs, 1, "namespace")
        if namespace == "remote" and not getattr(instance.context._local, "entities", None):
            line = where()
            # What an SDK's own thread sends is in no request of theirs.
            if line:
                note("xray-outside", once=True, namespace=namespace, where=line)

    recorder = type(core.xray_recorder)
    watch(recorder, "configure", after=configured)
    watch(recorder, "begin_subsegment", before=begins)


def watch_xray_emitter(module):
    """Note where segments are sent, beside where the check has said they should be."""

    def addressed(instance, args, kwargs):
        address = f"{instance.ip}:{instance.port}"
        note("xray-emitter", once=True, address=address, given=DAEMON, where=where())

    watch(module.UDPEmitter, "set_daemon_address", after=addressed)


def watch_xray_switch(module):
    """Note that the app's own code switches the X-Ray SDK on or off."""

    def switched(instance, args, kwargs):
        note("xray-switch", enabled=module.SDKConfig.sdk_enabled(), where=where())

    watch(module.SDKConfig, "set_sdk_enabled", after=switched)


def watch_xray_middleware(module):
    """Note which app object X-Ray's middleware is put around, and whether the SDK is on then."""

    def put_around(instance, args, kwargs):
        app = argument(args, kwargs, 0, "app")
        note("xray-middleware", app=name_of(app), where=where())
        enabled = sys.modules["aws_xray_sdk"].global_sdk_config.sdk_enabled()
        note("xray-switch", enabled=enabled, where=where())

    watch(module.XRayMiddleware, "__init__", after=put_around)


def watch_xray_patcher(module):
    """Note which libraries are patched for X-Ray."""

    def patched(instance, args, kwargs):
        modules = list(argument(args, kwargs, 0, "modules_to_patch"))
        note("xray-patch", modules=modules, where=where())

    watch(module, "patch", after=patched)


WATCHED = {
    "aws_xray_sdk.core": watch_xray,
    "aws_xray_sdk.core.emitters.udp_emitter": watch_xray_emitter,
    "aws_xray_sdk.core.patcher": watch_xray_patcher,
    "aws_xray_sdk.ext.flask.middleware": watch_xray_middleware,
    "aws_xray_sdk.sdk_config": watch_xray_switch,
}
