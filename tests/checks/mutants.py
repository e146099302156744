"""Checkpoints without one thing that their step adds: is it missed, and why?

A mutant is the checkpoint without one thing that step.patch adds: a statement of Python, a
decorator, the `with` around a block, a line of docker-compose.yml or of requirements.txt. Left out
are docstrings, and what is only the frame of other mutants (`def`). Of the imports of a file the
first stands for all: a missing name is met at the latest where it is used.
"""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import wrong_apps

from workshop.course import step
from workshop.steps import patch


def mutants(number):
    """Return each mutant's label with its file and that file's mutated text."""
    found = {}
    of_step = step(number)
    for path, hunks in patch.hunks(of_step).items():
        text = (of_step.folder / path).read_text("utf-8")
        cut = cut_python if path.endswith(".py") else cut_lines
        for what, mutated in cut(text, added_lines(hunks)):
            label = f"{path}: {what}"
            if label in found:
                label += " #2"
            assert label not in found
            found[label] = (path, mutated)
    return found


def leave_to_python(mutants_of_step):
    """Return the mutants that still have every name that they use.

    The others end with a NameError where the name is used: that the app does not start then, or
    answers 500, the check says of all steps in the same words.
    """
    with TemporaryDirectory() as folder:
        files = {}
        for number, (label, (path, text)) in enumerate(mutants_of_step.items()):
            if path.endswith(".py"):
                file = Path(folder) / f"mutant_{number}.py"
                file.write_text(text, "utf-8")
                files[file.name] = label
        ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F821"]
        done = subprocess.run(
            [*ruff, "--output-format=json", folder], capture_output=True, text=True, check=False
        )
    broken = {files[Path(each["filename"]).name] for each in json.loads(done.stdout)}
    return {label: each for label, each in mutants_of_step.items() if label not in broken}


def added_lines(hunks):
    """Return the numbers of the lines that a file's hunks add, as the new file counts them."""
    found, number = set(), 0
    for line in hunks.splitlines():
        head = re.match(r"@@ -\S+ \+(\d+)", line)
        if head:
            number = int(head.group(1))
        elif not line.startswith(("-", "\\")):
            if line.startswith("+"):
                found.add(number)
            number += 1
    return found


def cut_lines(text, added):
    lines = text.splitlines(keepends=True)
    # Neither blank lines nor comments do anything.
    says = [number for number in sorted(added) if re.match(r"\s*[^\s#]", lines[number - 1])]
    for number in says:
        yield lines[number - 1].strip(), "".join(lines[: number - 1] + lines[number:])


def cut_python(text, added):
    """Yield each statement or decorator that begins on an added line, with the text without it."""
    lines = text.splitlines(keepends=True)
    imports = 0
    for node in walk_in_order(ast.parse(text)):
        if node.lineno not in added or is_docstring(node) or isinstance(node, ast.FunctionDef):
            continue
        first = lines[node.lineno - 1]
        indent = first[: len(first) - len(first.lstrip())]
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports += 1
            if imports > 1:
                continue
        if isinstance(node, ast.expr):
            put, end = "", node.end_lineno
        elif isinstance(node, ast.With):
            put, end = f"{indent}if True:\n", node.lineno
        else:
            put, end = f"{indent}pass\n", node.end_lineno
        yield first.strip(), "".join([*lines[: node.lineno - 1], put, *lines[end:]])


def walk_in_order(tree):
    """Return all statements and all decorators, by line."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    found += [each for node in found for each in getattr(node, "decorator_list", [])]
    return sorted(found, key=lambda node: node.lineno)


def is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def label_each(by_file):
    """Return `file: what is gone` → finding, of file → what is gone → finding."""
    return {f"{file}: {what}": id_ for file, each in by_file.items() for what, id_ in each.items()}


def check_each_in_advance(request, tmp_path_factory, number, mutants_of_step):
    """Yield what the check finds in each mutant that a module names: exit code, ids in order."""
    folder = tmp_path_factory.mktemp("mutants")

    def check_one(label):
        path, text = mutants_of_step[label]
        app = wrong_apps.copy_checkpoint(
            step(number), folder / str(list(mutants_of_step).index(label))
        )
        (app / path).write_text(text, "utf-8")
        wrong_apps.hurry(app)
        done = wrong_apps.check_app(app, number)
        of_steps = [each.id for verdict in done.verdicts for each in verdict.findings]
        return done.exit_code, [each.id for each in done.app] + of_steps

    with wrong_apps.quick_checks():
        labels = wrong_apps.parameters_that_run_here(request, "test_mutant")
        results = wrong_apps.InAdvance(check_one, labels)
        yield results
        results.close()


def assert_each_is_listed_once(mutants_of_step, expected, survivors):
    """Compare the mutants that there are with those that a test knows."""
    assert set(mutants_of_step) == set(expected) | set(survivors)
    assert not set(expected) & set(survivors)


def assert_caught(label, found, expected, survivors, races=None):
    """Compare what the check finds first with what it should, or nothing for a survivor.

    Where threads or services race, `races` has the findings that may come first; None among them
    is for nothing at all.
    """
    exit_code, ids = found.result(label)
    if label in (races or {}):
        assert bool(exit_code) == bool(ids)
        assert (ids[0] if ids else None) in races[label]
    elif label in survivors:
        assert (exit_code, ids) == (0, []), "it is caught, and listed as a survivor"
    else:
        assert exit_code != 0
        assert ids[0] == expected[label]
