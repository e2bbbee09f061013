"""Flower listens on loopback and asks for a password, or does not start."""

import os
import subprocess

from superapp.embedded import processes


def test_it_listens_on_loopback() -> None:
    argv = processes.flower(port=5555)
    assert "--address=127.0.0.1" in argv
    assert "--port=5555" in argv


def test_it_does_not_start_without_a_password() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "FLOWER_BASIC_AUTH"}
    ended = subprocess.run(processes.flower(port=5555), env=environment, capture_output=True, text=True, timeout=20)
    assert ended.returncode != 0
    assert "FLOWER_BASIC_AUTH" in ended.stderr
