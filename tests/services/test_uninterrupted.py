"""Processes that are started together with somebody are not interrupted together with him."""

import os
import signal
import subprocess
import sys

from services.uninterrupted import uninterrupted


def test_who_is_started_within_goes_on_when_he_is_interrupted() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with uninterrupted():
        told = subprocess.Popen([sys.executable, "-c", "print(input())"], stdin=-1, stdout=-1, text=True)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
    os.kill(told.pid, signal.SIGINT)
    assert told.communicate("still here", timeout=30) == ("still here\n", None)
    assert told.returncode == 0
