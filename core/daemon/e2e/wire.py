"""The two protocols as bytes on a socket: enough to ask anything and to know where a reply ends.

Nothing here interprets a reply: tests compare the bytes themselves.
"""

import re
import select
import socket
import time


class Closed(Exception):
    """The peer ended the stream where a reply, or the rest of one, was due."""


def command(*arguments):
    """One redis request, as arrays of bulk strings."""
    parts = [b"*%d\r\n" % len(arguments)]
    for argument in arguments:
        raw = argument if isinstance(argument, bytes) else str(argument).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(raw), raw))
    return b"".join(parts)


class Connection:
    """A blocking socket that reads whole replies; every read has a deadline."""

    def __init__(self, port=None, timeout=10.0, over=None):
        """To a port on loopback, or `over` a socket that is connected already."""
        self.socket = over or socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.settimeout(timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.timeout = timeout
        self.pending = bytearray()
        self.ended = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_pieces(self, pieces):
        """Sends the pieces one by one, and takes in what comes meanwhile so that nobody blocks."""
        self.socket.setblocking(False)
        try:
            for piece in pieces:
                self._send_piece(memoryview(piece))
        finally:
            self.socket.settimeout(self.timeout)

    def _send_piece(self, piece):
        while piece:
            readable, writable, _ = select.select([self.socket], [self.socket], [], self.timeout)
            if not readable and not writable:
                raise TimeoutError("the peer takes nothing and says nothing")
            if readable and not self.ended:
                self.take()
            if writable:
                piece = piece[self.socket.send(piece) :]

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        """Ends the connection with a RST: what is unread or unsent is thrown away."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def close(self):
        self.socket.close()

    def take(self):
        """One read of what has come; an end or a reset shows as `ended`."""
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        self.ended = not data
        self.pending += data

    def _more(self):
        if self.ended:
            raise Closed(f"end of stream after {bytes(self.pending[:200])!r}")
        self.take()

    def bytes(self, size):
        while len(self.pending) < size:
            self._more()
        taken = bytes(self.pending[:size])
        del self.pending[:size]
        return taken

    def line(self):
        while (end := self.pending.find(b"\n")) < 0:
            self._more()
        return self.bytes(end + 1)

    def until_end(self):
        """All that comes until the peer closes."""
        while not self.ended:
            self.take()
        return self.bytes(len(self.pending))

    def silent(self, seconds):
        """True if nothing, not even an end, comes for so long."""
        if self.pending or self.ended:
            return False
        return not select.select([self.socket], [], [], seconds)[0]

    # redis

    def reply(self):
        """The bytes of one RESP2 reply."""
        line = self.line()
        kind, size = line[:1], line[1:-2]
        if kind == b"$" and int(size) >= 0:
            return line + self.bytes(int(size) + 2)
        if kind == b"*":
            return line + b"".join(self.reply() for _ in range(max(int(size), 0)))
        if kind not in (b"+", b"-", b":", b"$"):
            raise ValueError(f"not RESP: {line!r}")
        return line

    def ask(self, *arguments):
        self.send(command(*arguments))
        return self.reply()

    # memcached

    def memcache_reply(self):
        """The bytes of one reply: VALUE or STAT lines up to END, or any other line. A VA line
        brings its data block with it."""
        whole = b""
        while True:
            line = self.line()
            whole += line
            if line.startswith(b"VALUE "):
                whole += self.bytes(int(line.split()[3]) + 2)
            elif line.startswith(b"VA "):
                return whole + self.bytes(int(line.split()[1]) + 2)
            elif not line.startswith(b"STAT "):
                return whole

    def memcache_request(self):
        """The bytes of one request as a server reads it: a line, and the data block if it has one."""
        line = self.line()
        words = line.split()
        stores = (b"set", b"add", b"replace", b"append", b"prepend", b"cas")
        if words and words[0] in stores:
            return line + self.bytes(int(words[4]) + 2)
        if words and words[0] == b"ms":
            return line + self.bytes(int(words[2]) + 2)
        return line

    def memcache(self, line):
        self.send(line)
        return self.memcache_reply()


def cut(data, random, pieces_max):
    """The same bytes in pieces: none to `pieces_max` cuts at random places."""
    cuts = sorted(random.randrange(len(data) + 1) for _ in range(random.randrange(pieces_max + 1)))
    edges = [0, *cuts, len(data)]
    return [data[a:b] for a, b in zip(edges, edges[1:]) if a < b]


def readable_soon(sockets, seconds):
    return select.select(sockets, [], [], seconds)[0]


def wait_until(true, seconds=10.0, what="a condition"):
    """Polls until `true()`; for states that nothing announces, such as a port being open."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.01)


def redis_error(reply):
    return reply.startswith(b"-")


MEMCACHE_ERROR = re.compile(rb"(SERVER_ERROR|CLIENT_ERROR|ERROR)\b")
