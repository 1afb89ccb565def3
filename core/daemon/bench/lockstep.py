"""Clients and a server that take turns with the proxy between them: it runs only when all have said what they say.

So it reads the same bytes in the same turns on every run, whatever the machine does besides, and what that costs can
be compared. One thread plays them all.
"""

import contextlib
import os
import pathlib
import selectors
import signal
import socket

import programs

KEY = b"key:00000001"
VALUE = b"v" * 32
MESSAGES = {
    "redis": (b"*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n" % (len(KEY), KEY), b"$%d\r\n%s\r\n" % (len(VALUE), VALUE)),
    "memcache": (b"get %s\r\n" % KEY, b"VALUE %s 0 %d\r\n%s\r\nEND\r\n" % (KEY, len(VALUE), VALUE)),
}


class Lockstep:
    """The row's clients, and one server; `target` is what start(ports of servers) returns."""

    def __init__(self, row, start, until):
        self.row = row
        self.request, self.response = MESSAGES[row.proto]
        listener = until.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.target = start([listener.getsockname()[1]])
        until.callback(self.target.stop)
        self.clients = [until.enter_context(socket.create_connection(("127.0.0.1", self.target.port), 60))
                        for _ in range(row.conns)]
        self.clients[0].sendall(self.request)
        listener.settimeout(60)
        self.server = until.enter_context(contextlib.closing(listener.accept()[0]))
        self.server.settimeout(60)
        self.receive(self.server, self.request)
        self.server.sendall(self.response)
        self.receive(self.clients[0], self.response)

    def receive(self, side, expected):
        got = bytearray()
        while len(got) < len(expected):
            more = side.recv(len(expected) - len(got))
            if not more:
                raise programs.Failed(f"{self.row.name}: a connection ended")
            got += more
        if got != expected:
            raise programs.Failed(f"{self.row.name}: other bytes came than were sent")

    @contextlib.contextmanager
    def stopped(self):
        os.kill(self.target.pid, signal.SIGSTOP)
        threads = list(pathlib.Path(f"/proc/{self.target.pid}/task").iterdir())
        while any((thread / "stat").read_text().rsplit(")", 1)[1].split()[0] not in "Tt" for thread in threads):
            pass
        yield
        os.kill(self.target.pid, signal.SIGCONT)

    def warm_up(self):
        """Each client asks until what it may have on the way has grown to its pipeline; the server answers at once."""
        asked, unread = self.request * self.row.pipeline, bytearray()
        for _ in range(20):
            left = {client: len(self.response) * self.row.pipeline for client in self.clients}
            with selectors.DefaultSelector() as ready:
                for side in [self.server, *self.clients]:
                    ready.register(side, selectors.EVENT_READ)
                for client in self.clients:
                    client.sendall(asked)
                while any(left.values()):
                    for key, _ in ready.select():
                        if key.fileobj is not self.server:
                            left[key.fileobj] -= len(key.fileobj.recv(1 << 16))
                            continue
                        unread += self.server.recv(1 << 16)
                        count = len(unread) // len(self.request)
                        del unread[:count * len(self.request)]
                        self.server.sendall(self.response * count)

    def rounds(self, count):
        """Every client asks its pipeline so often; returns how many requests that makes."""
        asked, told = self.request * self.row.pipeline, self.response * self.row.pipeline
        for _ in range(count):
            with self.stopped():
                for client in self.clients:
                    client.sendall(asked)
            self.receive(self.server, asked * len(self.clients))
            with self.stopped():
                self.server.sendall(told * len(self.clients))
            for client in self.clients:
                self.receive(client, told)
        return count * len(self.clients) * self.row.pipeline
