"""Bad lines to the agencies: TCP proxies that drop, delay, cut and swallow."""

import asyncio
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Coroutine, Iterable
from enum import Enum, auto
from random import Random
from threading import Thread
from typing import Any

_CHUNK = 65536
_LONGEST_DELAY = 0.8
# Seconds between outages of a line, and how long one lasts.
_UNTIL_OUTAGE = (8.0, 40.0)
_OUTAGE = (1.0, 6.0)


class _Fate(Enum):
    """What becomes of some bytes on their way."""

    PASS = auto()
    DELAY = auto()
    # Half of them arrive, then the connection is gone.
    CUT = auto()
    # They never arrive, and nobody is told.
    SWALLOW = auto()


_ODDS = {_Fate.PASS: 92, _Fate.DELAY: 5, _Fate.CUT: 2, _Fate.SWALLOW: 1}


class _Cut(Exception):
    """The connection ends here, at once, on both sides."""


class Line:
    """From a port of its own to `far_port`, both on loopback; used only by the thread of its `Lines`."""

    def __init__(self, far_port: int, dice: Random) -> None:
        self._far_port = far_port
        self._dice = dice
        self._calm = False
        self._out = False
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._outages = asyncio.create_task(self._go_out_now_and_then())

    def calm(self) -> None:
        """From now on everything passes."""
        self._calm, self._out = True, False
        self._outages.cancel()

    def close(self) -> None:
        self._server.close()

    async def _go_out_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self._dice.uniform(*_UNTIL_OUTAGE))
            self._out = True
            await asyncio.sleep(self._dice.uniform(*_OUTAGE))
            self._out = False

    async def _carry(self, reader: StreamReader, writer: StreamWriter) -> None:
        far_writer: StreamWriter | None = None
        try:
            if not self._out:
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._far_port)
                await _first_to_end(self._pump(reader, far_writer), self._pump(far_reader, writer))
                far_writer.close()
                writer.close()
        except (OSError, _Cut, asyncio.CancelledError):
            pass  # cancelled only when all lines close
        finally:
            for one in (writer, far_writer):
                if one is not None and not one.is_closing():
                    one.transport.abort()

    async def _pump(self, source: StreamReader, target: StreamWriter) -> None:
        while chunk := await source.read(_CHUNK):
            fate = self._fate()
            if fate is _Fate.SWALLOW:
                continue
            if fate is _Fate.CUT:
                target.write(chunk[: len(chunk) // 2])
                await target.drain()
                raise _Cut
            if fate is _Fate.DELAY:
                await asyncio.sleep(self._dice.uniform(0.05, _LONGEST_DELAY))
                if source.at_eof():
                    return  # who has hung up sends no more: a call does not arrive after its look-up
            target.write(chunk)
            await target.drain()

    def _fate(self) -> _Fate:
        if self._calm:
            return _Fate.PASS
        if self._out:
            return _Fate.CUT
        return self._dice.choices(list(_ODDS), list(_ODDS.values()))[0]


async def _first_to_end(*pumps: Coroutine[Any, Any, None]) -> None:
    """Waits until one direction ends, gives up the other, and raises what the first ended with."""
    tasks = [asyncio.create_task(one) for one in pumps]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Lines:
    """Lines to some ports, in a thread of their own until `close()`.

    `ports` maps each far port to its line's. Nobody ever listens at `refusing_port`.
    """

    def __init__(self, far_ports: Iterable[int], dice: Callable[[str], Random]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="lines", daemon=True)
        self._thread.start()
        self._lines = {port: Line(port, dice(f"line/{position}")) for position, port in enumerate(far_ports)}
        for line in self._lines.values():
            asyncio.run_coroutine_threadsafe(line.open(), self._loop).result()
        self.ports = {far_port: line.port for far_port, line in self._lines.items()}
        self._bound_and_deaf = socket.socket()
        self._bound_and_deaf.bind(("127.0.0.1", 0))
        self.refusing_port = int(self._bound_and_deaf.getsockname()[1])

    def calm(self) -> None:
        """From now on everything passes."""
        for line in self._lines.values():
            self._loop.call_soon_threadsafe(line.calm)

    def close(self) -> None:
        self._bound_and_deaf.close()
        for line in self._lines.values():
            self._loop.call_soon_threadsafe(line.close)
        asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
