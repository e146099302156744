"""Has functions of ours called around a library's, and once a module is imported."""

import importlib.util
import sys
import types

from workshop_probe.noting import is_theirs, quietly

try:
    import wrapt
except ImportError:
    wrapt = None


def watch(owner, name, before=None, after=None):
    """Have functions of ours called around one of a library's.

    Args:
        owner: the module or class.
        name: the function's name in it.
        before: called with the instance, the arguments and the keyword arguments.
        after: the same, once the call has returned.
    """

    def call(wrapped, instance, args, kwargs):
        if before:
            quietly(before, instance, args, kwargs)
        done = wrapped(*args, **kwargs)
        if after:
            quietly(after, instance, args, kwargs)
        return done

    quietly(wrapt.wrap_function_wrapper, owner, name, call)


def argument(args, kwargs, position, name):
    """Return one argument of a call, however it was given."""
    return args[position] if len(args) > position else kwargs.get(name)


def after_import(name, function):
    """Have a function of ours called with a module once it is imported, with or without wrapt."""

    def find_spec(wanted, path=None, target=None):
        if wanted != name:
            return None
        sys.meta_path.remove(finder)
        spec = importlib.util.find_spec(name)
        # A module of the learner's own that has this name is none of ours.
        if spec and spec.loader and not is_theirs(spec.origin or ""):
            run = spec.loader.exec_module

            def exec_module(module):
                run(module)
                quietly(function, module)

            spec.loader.exec_module = exec_module
        return spec

    finder = types.SimpleNamespace(find_spec=find_spec)
    sys.meta_path.insert(0, finder)


def guarded(watcher):
    """Return a watcher that never lets a mistake of ours reach the learner's app."""
    return lambda module: quietly(watcher, module)
