"""A signal ends a run once, wherever it comes."""

import signal

import pytest

from indicators.batch.interruption import Stopped, Stopper


class Finalized:
    """Something whose end is when the signal comes."""

    def __init__(self, stopper):
        self.stopper = stopper

    def __del__(self):
        self.stopper.handle(signal.SIGTERM, None)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_inside_a_finalizer_is_not_lost():
    """Python drops what a finalizer raises; the next check stops the run all the same."""
    stopper = Stopper()
    stopper.check()
    Finalized(stopper)
    with pytest.raises(Stopped) as caught:
        stopper.check()
    assert caught.value.exit_code == 143


def test_a_signal_comes_too_late_for_what_is_not_interrupted():
    """What ends the run is brought to its end, and is not said to have been stopped."""
    stopper, done = Stopper(), []
    with stopper.holding():
        stopper.handle(signal.SIGINT, None)
        stopper.check()
        done.append(True)
    assert done == [True]


def test_a_second_signal_does_not_disturb_the_ending():
    """While the run ends it is not stopped again."""
    stopper = Stopper()
    with pytest.raises(Stopped):
        stopper.handle(signal.SIGINT, None)
    stopper.handle(signal.SIGTERM, None)
