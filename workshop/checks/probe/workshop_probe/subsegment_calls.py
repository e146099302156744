"""Notes the subsegments of an app's own, and what it does that loses them."""

import inspect
import sys
import threading
import weakref

from workshop_probe.noting import frames, in_request, is_asked_by, is_theirs, note, place, where
from workshop_probe.wrapping import argument, watch


def subsegment_asked_for():
    """Return who opens or closes an X-Ray subsegment: their line or nothing, and whether by hand.

    A decorated function is the learner's where it is defined, whoever calls it.
    """
    managed = False
    for frame in frames():
        code = frame.f_code
        if code.co_name.startswith("record_subsegment"):
            function = inspect.unwrap(frame.f_locals["wrapped"])
            code = getattr(function, "__code__", code)
            theirs = is_theirs(code.co_filename)
            return (place(code.co_filename, code.co_firstlineno) if theirs else ""), False
        if is_theirs(code.co_filename):
            return place(code.co_filename, frame.f_lineno), not managed
        if "aws_xray_sdk/ext" in code.co_filename:
            break
        managed = managed or code.co_name in ("__enter__", "__exit__")
    return "", False


def watch_subsegments(recorder):
    """Note the subsegments that the app's own code opens, and what it does that loses them."""
    opened = weakref.WeakKeyDictionary()
    call = threading.local()

    def entities(instance):
        # Not the recorder's own get_trace_entity: it logs, or raises, where there is none.
        return getattr(instance.context._local, "entities", None) or []

    def begins(instance, args, kwargs):
        call.where, call.by_hand = subsegment_asked_for()
        if call.where:
            name = argument(args, kwargs, 0, "name")
            note("subsegment", once=True, name=name, where=call.where)

    def begun(instance, args, kwargs):
        found = entities(instance)
        if found:
            opened[found[-1]] = call.where, call.by_hand
        elif call.where:
            note(
                "subsegment-outside",
                once=True,
                name=argument(args, kwargs, 0, "name"),
                in_request=in_request(),
                main_thread=threading.current_thread() is threading.main_thread(),
                where=call.where,
            )

    def ends(instance, args, kwargs):
        call.last = next(reversed(entities(instance)), None)

    def ended(instance, args, kwargs):
        if call.last is None or not call.last.sampled:
            return
        is_segment = not hasattr(call.last, "parent_segment")
        opened_at, opened_by_hand = opened.get(call.last, ("nowhere", True))
        if not opened_at and call.last.namespace == "local":
            note("part-of-a-library", once=True, name=call.last.name)
        # Looked up after the end, so as not to be timed with it.
        line, by_hand = subsegment_asked_for()
        if line and (is_segment or (by_hand and not opened_by_hand)):
            note("nothing-to-end", once=True, where=line)

    def segment_begins(instance, args, kwargs):
        if in_request() and entities(instance) and not is_asked_by("aws_xray_sdk/ext"):
            note("segment-in-request", once=True, where=where())

    def segment_ends(instance, args, kwargs):
        if in_request() and not is_asked_by("aws_xray_sdk/ext"):
            note("segment-ended", once=True, where=where())

    def segment_ended(instance, args, kwargs):
        waiting = [getattr(each, "parent_segment", each) for each in entities(instance)[:1]]
        for entity in waiting:
            waiting += entity.subsegments
            opened_at, _ = opened.get(entity, ("", False))
            if opened_at and entity.in_progress and entity.sampled and in_request():
                request = sys.modules["flask"].request
                note(
                    "unclosed",
                    name=entity.name,
                    method=request.method,
                    path=request.path,
                    where=opened_at,
                )

    watch(recorder.AWSXRayRecorder, "begin_subsegment", before=begins, after=begun)
    watch(recorder.AWSXRayRecorder, "end_subsegment", before=ends, after=ended)
    watch(recorder.AWSXRayRecorder, "begin_segment", before=segment_begins)
    watch(recorder.AWSXRayRecorder, "end_segment", before=segment_ends, after=segment_ended)


def watch_annotations(entity):
    """Note annotations that X-Ray's SDK drops; for the others there is no time within a part."""

    def annotated(instance, args, kwargs):
        key = argument(args, kwargs, 0, "key")
        if instance.sampled and not (isinstance(key, str) and key in instance.annotations):
            kind = type(argument(args, kwargs, 1, "value")).__name__
            note("annotation-dropped", once=True, key=str(key), kind=kind, where=where())

    watch(entity.Entity, "put_annotation", after=annotated)


WATCHED = {
    "aws_xray_sdk.core.models.entity": watch_annotations,
    "aws_xray_sdk.core.recorder": watch_subsegments,
}
