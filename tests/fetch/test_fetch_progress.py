"""What is shown while a fetch runs: live lines on a terminal, plain lines elsewhere, on stderr alone."""

import io
import logging
import os
import re
import subprocess
import sys
import time

import pytest
import stamina.instrumentation
from rich.console import Console

from indicators.fetch.accept import Progress
from indicators.fetch.progress import show_fetch, show_notes

pytest_plugins = ["replica.fixtures"]

LONG = "sotkanet:181 [bold]" + "x" * 200


def tell(advance):
    """Tell of five series of two services."""
    for done in (1, 2, 3):
        advance(Progress("sotkanet", done, 3, f"sotkanet:{done}", "new"))
    for done in (1, 2):
        advance(Progress("statfin", done, 2, "statfin:population", "failed"))


def test_plain_lines_are_whole_and_as_told():
    """One line per series; a long one is not folded, and brackets are no markup."""
    out = io.StringIO()
    with show_fetch(Console(file=out, width=40)) as advance:
        tell(advance)
        advance(Progress("sotkanet", 3, 3, LONG, "new"))
    lines = out.getvalue().splitlines()
    assert lines[:2] == ["sotkanet 1/3 sotkanet:1 new", "sotkanet 2/3 sotkanet:2 new"]
    assert lines[4] == "statfin 2/2 statfin:population failed"
    assert lines[5] == f"sotkanet 3/3 {LONG} new"


def test_terminal_has_one_live_line_per_source():
    """The last state of the screen is one line for each service, with how many are done."""
    out = io.StringIO()
    with show_fetch(Console(file=out, force_terminal=True, width=100, color_system=None)) as advance:
        tell(advance)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.getvalue())
    lines = [line for line in re.split(r"[\r\n]+", shown) if line.strip()]
    last = {line.split()[0]: line for line in lines}
    assert set(last) == {"sotkanet", "statfin"}
    assert "3/3" in last["sotkanet"]
    assert "2/2" in last["statfin"]


def test_notes_stand_above_the_live_lines():
    """A warning while the lines live is a line of its own."""
    out = io.StringIO()
    with show_fetch(Console(file=out, force_terminal=True, width=100, color_system=None)) as advance:
        tell(advance)
        logging.getLogger("indicators.sources.http.session").info("the service is slow")
    assert "note: the service is slow" in out.getvalue()


def test_everything_is_put_back():
    """Handlers, levels and the retries' own hooks are as before, also after an error."""
    logger, hooks = logging.getLogger("indicators.sources"), stamina.instrumentation.get_on_retry_hooks()
    before = (logger.level, list(logger.handlers))

    def fail():
        with show_notes():
            assert stamina.instrumentation.get_on_retry_hooks() == ()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert (logger.level, list(logger.handlers)) == before
    assert stamina.instrumentation.get_on_retry_hooks() == hooks


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_real_terminal(world):
    """In a terminal the command moves its lines; stdout, which is not the terminal, has the table alone."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "indicators", *world.arguments("sotkanet:181", "statfin:population")]
    environ = world.environ() | {"TERM": "xterm", "PATH": os.environ["PATH"]}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=theirs, cwd=world.home) as run:
        os.close(theirs)
        shown, started = b"", time.monotonic()
        while time.monotonic() - started < 300:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # Linux's way of saying that nobody holds the other end any more
                break
            if not piece:
                break
            shown += piece
        told = run.stdout.read().decode()
    os.close(ours)
    assert run.returncode == 0
    assert b"\x1b[" in shown
    assert b"1/1" in shown
    assert told.splitlines()[0].split()[:3] == ["source", "asked", "new"]
    assert told.splitlines()[-1] == f"New snapshot {world.load().id}"
    assert "\x1b" not in told
