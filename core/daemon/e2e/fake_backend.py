"""A backend that does what the test says, step by step: the test reads the proxy's requests off it
and writes whatever it wants in return."""

import select
import socket

import harness
import wire


class FakeBackend:
    def __init__(self, read_request, port=None, host="127.0.0.1"):
        self.read_request = read_request  # of a wire.Connection: one request's bytes
        self.connections = []
        self.listener = None
        self.host = host
        self.port = port or harness.free_port()
        self.listen()

    def listen(self):
        self.listener = socket.create_server((self.host, self.port), backlog=64)

    def refuse(self):
        """Nobody listens any more: the next attempt to connect is refused."""
        self.listener.close()
        self.listener = None

    def stop(self):
        if self.listener:
            self.listener.close()
        for each in self.connections:
            each.close()

    def request(self, seconds=10.0):
        """The next request on any connection, old or new: its connection and its bytes."""
        while True:
            for each in self.connections:
                if each.pending:
                    return each, self.read_request(each)
            watched = [each for each in self.connections if not each.ended and each.socket.fileno() >= 0]
            readable = wire.readable_soon([self.listener, *[each.socket for each in watched]], seconds)
            if not readable:
                raise TimeoutError("no request has come")
            if self.listener in readable:
                accepted, _ = self.listener.accept()
                self.connections.append(wire.Connection(over=accepted))
            for each in watched:
                if each.socket in readable:
                    each.take()

    def requests(self, count):
        """`count` requests that must come on one connection."""
        came = [self.request() for _ in range(count)]
        if len({id(connection) for connection, _ in came}) != 1:
            raise AssertionError(f"not on one connection: {came}")
        return came[0][0], [request for _, request in came]

    def answer(self, reply):
        """Answers the next request; returns its connection and its bytes."""
        connection, request = self.request()
        connection.send(reply)
        return connection, request


def redis_backend(port=None, host="127.0.0.1"):
    return FakeBackend(wire.Connection.reply, port, host)


def memcache_backend(port=None):
    return FakeBackend(wire.Connection.memcache_request, port)


def ends_soon(connection, seconds=5.0):
    """Whether the proxy ends this connection, whatever it sends before."""
    try:
        while not connection.ended:
            if not select.select([connection.socket], [], [], seconds)[0]:
                return False
            connection.take()
    except OSError:
        pass
    return True
