"""What a terminal calls: `workshop` and its commands."""

import sys
from pathlib import Path
from typing import Any, TextIO

import click

from workshop import place
from workshop.errors import WorkshopError
from workshop.sandbox.faults.modes import MODES, VENDORS


class Workshop(click.Group):
    """The group of all commands; it turns our own errors into two plain lines."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands in the order in which they are defined: a learner's own first."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and print an error of ours without a traceback."""
        try:
            return super().invoke(ctx)
        except WorkshopError as error:
            click.echo(error.what, err=True)
            if error.next_step:
                click.echo(error.next_step, err=True)
            ctx.exit(2)


PORT = click.IntRange(0, 65_535)
STEP = click.argument("number", type=click.IntRange(min=0), metavar="N")


@click.group(cls=Workshop, invoke_without_command=True, context_settings={"max_content_width": 100})
@click.pass_context
def main(ctx: click.Context) -> None:
    """Observe a web app, step by step.

    Without a command: where you are in the course, and what to do next.
    """
    if ctx.invoked_subcommand is None:
        from workshop import overview

        click.echo(overview.render())


@main.command()
@click.option("--no-browser", is_flag=True, help="Do not open a browser; print the address.")
@click.option("--port", default=8888, show_default=True, type=PORT, help="JupyterLab's; 0: any.")
def lab(no_browser: bool, port: int) -> None:
    """Start the sandbox and JupyterLab; Ctrl-C ends both."""
    from workshop import jupyter

    jupyter.serve(port=port, open_browser=not no_browser)


@main.command()
@click.option("--port", default=4318, show_default=True, help="HTTP: OTLP and the console; 0: any.")
@click.option("--daemon-port", default=2000, show_default=True, help="X-Ray's daemon; 0: any.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where it keeps what arrives.  [default: .workshop/sandbox]",
)
@click.option(
    "--forward-xray/--keep-xray",
    default=None,
    help="Whether its daemon sends on to AWS.  [default: with your own AWS keys it does]",
)
@click.option(
    "--transaction-search",
    is_flag=True,
    help="Switch X-Ray's Transaction Search on, as step 10 does, with every trace indexed.",
)
@click.option("--while-used", is_flag=True, hidden=True)
def sandbox(
    port: int,
    daemon_port: int,
    data: Path | None,
    forward_xray: bool | None,
    transaction_search: bool,
    while_used: bool,
) -> None:
    """Run the stand-in for the vendors until Ctrl-C.

    It listens on this machine only, and speaks the vendors' own protocols. Its key is the word
    `sandbox`; `workshop env` prints the variables that point an app at it.
    """
    from workshop import forwarding
    from workshop.sandbox import server

    forwarder = forwarding.choose(forward_xray)
    server.serve(
        port=port,
        daemon_port=daemon_port,
        data=data or place.state() / "sandbox",
        while_used=while_used,
        forwarder=forwarder,
        searching=transaction_search,
    )


@main.command()
def env() -> None:
    """Print the variables that say where an app sends its telemetry.

    In a shell: `eval "$(workshop env)"`.
    """
    from workshop import exports

    click.echo(exports.render())


@main.command()
@click.option("--online", is_flag=True, help="Ask the real services that you have keys of.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def doctor(online: bool, as_json: bool) -> None:
    """Say which vendors are real, and what on this machine stands in the way.

    It ends with 0 where nothing does, and with 1 where something has to be mended first. Keys are
    never printed.
    """
    from workshop import doctor as examination

    found = examination.examine(online)
    click.echo(examination.as_json(found) if as_json else examination.as_text(found))
    sys.exit(examination.exit_code(found))


@main.command()
@STEP
@click.argument("path", required=False, default="", metavar="[FILE]")
def show(number: int, path: str) -> None:
    """Show what step N changes: its files, or the change to one FILE."""
    from workshop.steps import patch

    click.echo(patch.show(number, path))


@main.command()
@STEP
def apply(number: int) -> None:
    """Bring the change of step N into your app, beside your own work."""
    from workshop.steps import apply

    click.echo(apply.apply(number))


@main.command()
@STEP
def compare(number: int) -> None:
    """Show where your app differs from the checkpoint of step N."""
    from workshop.steps import compare

    click.echo(compare.compare(number))


@main.command()
@STEP
def goto(number: int) -> None:
    """Make your app the checkpoint of step N.

    Your files are saved first; `workshop undo` brings them back.
    """
    from workshop.steps import apply

    click.echo(apply.goto(number))


@main.command()
@click.argument("which", type=int, required=False, metavar="[K]")
@click.option("--list", "listing", is_flag=True, help="List what is saved.")
def undo(which: int | None, listing: bool) -> None:
    """Bring your app back to before the last command that changed it."""
    from workshop.steps import saved

    click.echo(saved.render_list() if listing else saved.undo(which))


@main.command()
@click.argument("number", type=click.IntRange(min=0), required=False, metavar="[N]")
@click.option("--app", type=click.Path(path_type=Path), help="Check another Flask app.")
@click.option("--run", default="", help="Its command; {port} stands for the port.")
@click.option("--json", "as_json", is_flag=True, help="For machines: a list of verdicts.")
def check(number: int | None, app: Path | None, run: str, as_json: bool) -> None:
    """Run your app and judge the telemetry that arrives.

    It starts both services, sends them requests and looks at what came of it. With N it judges
    that step alone, without N every step that your app has reached. It ends with 0 where all holds,
    1 where something is found, 2 where nothing could be judged.

    \b
    workshop check 1
    workshop check 1 --app ../another/backend-flask
    workshop check 1 --app . --run 'flask --app wsgi run --port {port}'
    """  # noqa: D301 - click reads \b as: keep these lines as they are
    from workshop.checks import memory, target
    from workshop.checks.check import check as run_check

    if run and app is None:
        raise WorkshopError("--run goes with --app.", "Name the app's folder: --app DIR")
    wanted = target.any_app(app, run) if app else target.learner_app()
    checked = run_check(wanted, number, _say_stage)
    if app is None:
        memory.remember(checked.verdicts, checked.app, len(checked.evidence.asked))
    click.echo(checked.as_json() if as_json else checked.as_text())
    sys.exit(checked.exit_code)


def _say_stage(stage: str) -> None:
    """Show what a check is doing, on a terminal only, on a line that the report replaces."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{stage} …\r", nl=False, err=True)


@main.command()
@click.argument("finding", required=False, default="")
def hint(finding: str) -> None:
    """Give the next hint for a FINDING of the last check.

    The first is a question, the second a pointer, the third the change that the step makes.
    """
    from workshop.checks import hints

    click.echo(hints.give(finding))


@main.command()
@click.argument("finding", required=False, default="")
@click.option("--list", "listing", is_flag=True, help="List all findings.")
def explain(finding: str, listing: bool) -> None:
    """Tell the whole story of a FINDING, by its id."""
    from workshop.checks import hints

    click.echo(hints.explain(finding) if finding and not listing else hints.list_all())


@main.command()
@click.argument("number", type=click.IntRange(min=0), required=False, metavar="[N]")
@click.option("--verify", "verifying", is_flag=True, help="Hold the evidence against the sandbox.")
@click.option("--rehearse", is_flag=True, help="Take it from notebook N's own run (for authors).")
def journal(number: int | None, verifying: bool, rehearse: bool) -> None:
    """Write the evidence of step N's last check into journal/week-2.md.

    Without N it does so for every step that has been checked. Your own words stay as they are.
    With --verify it writes nothing, and ends with 0 where all agrees, 1 where something does not,
    2 where something can no longer be verified.
    """
    from workshop.journal import rehearsal, verification, writing

    if verifying:
        verified = verification.verify(number)
        for line in verified.lines:
            click.echo(line)
        sys.exit(verified.exit_code)
    click.echo(rehearsal.rehearse(number) if rehearse else writing.write(number))


@main.command()
@click.option("--app", type=click.Path(path_type=Path), help="Measure another Flask app.")
@click.option("--run", default="", help="Its command; {port} stands for the port.")
@click.option(
    "--requests-per-month",
    default=1_000_000,
    show_default=True,
    type=click.IntRange(1, 10_000_000_000),
    help="How many requests the month has.",
)
@click.option(
    "--failing", default=0.1, show_default=True, type=click.FloatRange(0, 100), help="Percent."
)
@click.option("--production/--development", default=True, show_default=True, help="ENVIRONMENT.")
@click.option(
    "--rounds", default=3, show_default=True, type=click.IntRange(1, 100), help="Of every page."
)
@click.option("--json", "as_json", is_flag=True, help="For machines: exact numbers.")
def cost(
    app: Path | None,
    run: str,
    requests_per_month: int,
    failing: float,
    production: bool,
    rounds: int,
    as_json: bool,
) -> None:
    """Run your app and measure what each request sends to each vendor, and what a month costs.

    Of an app that keeps some traces only, which ones is chance: more --rounds come closer.
    """
    from workshop.checks import target
    from workshop.cost.report import Cost
    from workshop.cost.run import measure

    if run and app is None:
        raise WorkshopError("--run goes with --app.", "Name the app's folder: --app DIR")
    wanted = target.any_app(app, run) if app else target.learner_app()
    environment = "production" if production else "development"
    measured = measure(wanted, environment, rounds, _say_stage)
    found = Cost(measured, environment, requests_per_month, failing / 100)
    click.echo(found.as_json() if as_json else found.as_text())


@main.command()
@click.option("--app", type=click.Path(path_type=Path), help="Look into another Flask app.")
@click.option("--run", default="", help="Its command; {port} stands for the port.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def leaks(app: Path | None, run: str, as_json: bool) -> None:
    """Show what your app gives away: a matrix of ways in and ways out.

    It runs the backend as in production, sends made-up values through every door (headers, query,
    path, body, exceptions, baggage) and looks for them in all that the four vendors receive, in
    what the app prints, and in what it passes on to the service that it calls. A value counts as
    out when eight of its letters in a row are there, or all of it in base64. It ends with 0 where
    nothing comes out, 1 where something does, 2 where the app could not be run.

    What is public by nature is no door: the text of a post, a handle. Neither are a caller's IP
    address and User-Agent: decide yourself for how long you keep those.
    """
    from workshop.checks import target
    from workshop.leaks import report
    from workshop.leaks.survey import survey

    if run and app is None:
        raise WorkshopError("--run goes with --app.", "Name the app's folder: --app DIR")
    wanted = target.any_app(app, run) if app else target.learner_app()
    found = survey(wanted, progress=_say_stage)
    click.echo(report.as_json(found) if as_json else report.render(found))
    sys.exit(1 if found.leaks else 0)


VENDOR = click.Choice([*VENDORS, "all"])
MODE = click.Choice(MODES)


@main.command("break")
@click.argument("vendor", type=VENDOR, required=False, metavar="[VENDOR]")
@click.argument("mode", type=MODE, required=False, metavar="[MODE]")
def break_(vendor: str | None, mode: str | None) -> None:
    """Make a VENDOR's back end ill, to see what your app does then.

    Without arguments it says what is broken now. `workshop mend` undoes it; so does the end of the
    sandbox, for nothing of it is kept.

    \b
    VENDOR   honeycomb, xray, cloudwatch, rollbar, or all
    MODE     refused   nobody listens there: each connection is refused
             silent    it accepts connections, reads, and never answers
             late      it answers 2 s late; who has hung up by then has sent nothing
             500       it answers that something went wrong there
             429       it answers that these are too many requests
             killed    it is killed in the middle of its work, and is back after 2 s

    Each vendor has a port of its own for this, which `workshop env` and the notebooks give to your
    app; an app that was told another address does not notice. The sandbox's own port stays well, so
    that you can look at what has arrived.

    X-Ray's SDK sends its segments by UDP, where nobody answers: your app notices nothing, whatever
    the daemon or X-Ray behind it does. What it asks the daemon by TCP, the sampling rules, fails as
    the mode says.

    \b
    workshop break honeycomb silent
    workshop break all refused
    workshop mend
    """  # noqa: D301 - click reads \b as: keep these lines as they are
    from workshop import breaking

    if vendor and not mode:
        raise WorkshopError(
            f"How shall {vendor} be ill?",
            f"Name a mode, such as: `workshop break {vendor} silent`",
        )
    click.echo(breaking.break_vendor(vendor, mode) if vendor and mode else breaking.tell())


@main.command()
@click.argument("vendor", type=VENDOR, default="all", metavar="[VENDOR]")
def mend(vendor: str) -> None:
    """Make the VENDOR's back end well again; without one, all of them."""
    from workshop import breaking

    click.echo(breaking.mend(vendor))


@main.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[FOLDER]")
def secrets(folder: Path | None) -> None:
    """Look for keys in your files and in all that was ever committed, before you push.

    FOLDER is another repository than this one. What git ignores, such as .env, is left out. No key
    is printed, only where it is. It ends with 0 where there is none, 1 where something looks like
    one, 2 where there is no repository.
    """
    from workshop.secret_scan import report
    from workshop.secret_scan.scan import scan

    _say_stage("looking through files and history")
    found = scan(folder or place.root())
    click.echo(report.render(found))
    sys.exit(1 if found.hits else 0)


@main.command()
@click.argument("vendor", type=VENDOR, default="all", metavar="[VENDOR]")
@click.argument("mode", type=click.Choice([*MODES, "all"]), default="all", metavar="[MODE]")
@click.option("--app", type=click.Path(path_type=Path), help="Run another Flask app.")
@click.option("--run", default="", help="Its command; {port} stands for the port.")
@click.option("--repeat", default=1, show_default=True, type=click.IntRange(1, 100), help="Times.")
@click.option(
    "--requests", default=300, show_default=True, type=click.IntRange(50, 20_000), help="Of a cell."
)
@click.option(
    "--picture", type=click.Path(dir_okay=False, path_type=Path), help="Draw it into a PNG file."
)
@click.option("--json", "as_json", is_flag=True, help="For machines: exact numbers.")
def survive(
    vendor: str,
    mode: str,
    app: Path | None,
    run: str,
    repeat: int,
    requests: int,
    picture: Path | None,
    as_json: bool,
) -> None:
    """Make each back end ill in turn, and measure what becomes of your app.

    Your backend runs as its container runs it (the CMD of app/Dockerfile, with one worker), against
    a sandbox of its own. While a back end is ill the app starts, is sent requests, and is ended by
    SIGTERM; in between the back end is well for a moment, to see whether the app comes back to it.
    A second copy, for which all is well, gets the same requests in turn: times are compared with
    its times, so that a busy machine slows both.

    A cell takes ten to twenty seconds, the whole matrix about five minutes. VENDOR and MODE pick a
    part of it; `workshop break --help` explains them. It ends with 0 where nothing is wrong, with 1
    where something is. Ctrl-C ends it and prints what there is.

    \b
    workshop survive
    workshop survive honeycomb
    workshop survive all silent
    workshop survive --repeat 10
    """  # noqa: D301 - click reads \b as: keep these lines as they are
    from workshop.checks import target
    from workshop.failure import command_line

    if run and app is None:
        raise WorkshopError("--run goes with --app.", "Name the app's folder: --app DIR")
    wanted = target.any_app(app, run) if app else target.learner_app()
    vendors = VENDORS if vendor == "all" else (vendor,)
    modes = MODES if mode == "all" else (mode,)
    command_line.check_picture(picture)
    found = command_line.run_with_bar(wanted, vendors, modes, repeat, requests)
    click.echo(command_line.tell(found, as_json, picture))
    sys.exit(1 if found.troubled or not found.complete else 0)


@main.command()
def walk() -> None:
    """Rehearse the whole workshop: every notebook, every check."""
    from rich.console import Console

    from workshop import walk as rehearsal

    sys.exit(0 if rehearsal.walk(Console()) else 1)


@main.group()
def steps() -> None:
    """Build, open and save the series of patches (for authors)."""


@steps.command()
def build() -> None:
    """Build all checkpoints anew from the patches."""
    from workshop.steps import build as series_build

    click.echo(series_build.build())


@steps.command()
@STEP
def edit(number: int) -> None:
    """Open the series as a throw-away git repository, at step N."""
    from workshop.steps import series

    click.echo(series.edit(number))


@steps.command()
@click.option("-F", "--message-file", type=click.File("r"), help="Why the step is as it is.")
def save(message_file: TextIO | None) -> None:
    """Write the open series back: patches, checkpoints, later steps included."""
    from workshop.steps import series

    click.echo(series.save(message_file.read() if message_file else None))


@steps.command()
def drop() -> None:
    """Throw the open series away."""
    from workshop.steps import series

    click.echo(series.drop())


@main.group()
def notebooks() -> None:
    """Run the notebooks and keep their outputs true (for authors)."""


@notebooks.command("run")
@click.argument("numbers", nargs=-1, type=int, metavar="[N]...")
def run_notebooks(numbers: tuple[int, ...]) -> None:
    """Execute notebooks and write them back in canonical form."""
    from workshop import notebooks as books

    for line in books.save(list(numbers)):
        click.echo(line)


@main.command()
def readme() -> None:
    """Write the README's table and picture (for authors)."""
    from workshop import readme as page

    click.echo(page.write())


@main.command()
def lock() -> None:
    """Write requirements.lock anew from pyproject.toml (for authors)."""
    from workshop import lockfile

    click.echo(lockfile.write())


@main.command()
@click.option(
    "--app",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that holds another app/, such as steps/01-honeycomb.",
)
def overhead(folder: Path | None) -> None:
    """Measure what observing costs a request of your app, and where the time goes.

    Your app is measured beside the same app before the course, in turns, each in a process of its
    own: how many times as much processor time a page takes, and a post that fails. Both send to a
    sandbox of their own. It takes about half a minute; on a machine that does other things, too,
    believe only large differences.
    """
    from bench import own_app

    click.echo(own_app.measure(folder or place.root()).as_text())


@main.command()
@click.argument(
    "parts",
    nargs=-1,
    type=click.Choice(["overhead", "load", "ingest", "reads", "learners", "waiting"]),
)
@click.option("--quick", is_flag=True, help="A short look: few turns, nothing downloaded.")
@click.option("--peers/--no-peers", default=True, show_default=True, help="Other agents, too.")
def bench(parts: tuple[str, ...], quick: bool, peers: bool) -> None:
    """Measure what each step costs, how fast the sandbox is, and what learners wait for.

    It is for authors, and wants a machine that does nothing else.

    It writes docs/performance.md. Each peer gets an environment of its own under .workshop/bench/;
    one that cannot be installed is left out. Ctrl-C keeps the turns that are whole.
    """
    from bench import run

    click.echo(run.run(parts, quick, peers))


@main.command()
@click.option("--quick", is_flag=True, help="Without the notebooks, which `make test` runs itself.")
def gate(quick: bool) -> None:
    """Check that the course holds together (for authors)."""
    from workshop import gate

    problems = gate.problems(lambda part: click.echo(f"gate: {part}"), with_notebooks=not quick)
    for problem in problems:
        click.echo(f"✗ {problem}", err=True)
    if problems:
        sys.exit(1)
    click.echo("gate: the course holds together")
