import os
import signal
import socket
from pathlib import Path

from superapp.embedded.valkey import EmbeddedValkey

from .conftest import StartPython

START = """
import os, pathlib
from superapp.embedded.valkey import EmbeddedValkey
server = EmbeddedValkey(pathlib.Path(os.environ["SUPERAPP_STATE"]))
server.start()
print(server.running().pid)
"""


def command(server: EmbeddedValkey, text: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(server.socket))
        connection.sendall(f"{text}\r\n".encode())
        return connection.recv(1024)


def test_starts_once_and_keeps_its_data_over_a_restart(reachable_state: Path) -> None:
    server = EmbeddedValkey(reachable_state)
    server.start()
    first = server.running()
    server.start()
    assert server.running() == first
    assert b"noeviction" in command(server, "CONFIG GET maxmemory-policy")
    command(server, "SET kept 7")

    server.stop()
    assert server.running() is None
    assert not server.is_ready()
    server.start()
    assert command(server, "GET kept") == b"$1\r\n7\r\n"


def test_starts_again_after_kill_9(state: Path) -> None:
    server = EmbeddedValkey(state)
    server.start()
    command(server, "SET kept 7")
    killed = server.running()
    assert killed is not None
    os.kill(killed.pid, signal.SIGKILL)
    server.start()
    assert server.running() not in (None, killed)
    assert command(server, "GET kept") == b"$1\r\n7\r\n"


def test_eight_starts_at_once_give_one_server(state: Path, start_python: StartPython) -> None:
    starters = [start_python(START) for _ in range(8)]
    pids = {starter.communicate()[0] for starter in starters}
    server = EmbeddedValkey(state).running()
    assert server is not None
    assert pids == {f"{server.pid}\n"}
