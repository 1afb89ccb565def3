"""What clients can make of the proxy's memory; called by ci/memory, which prints the figures.

    a client that never reads    64 MB of replies are asked for: less than 4 MB more
    many requests in flight      500 clients with 64 each, none answered: less than 20 MB more

Both come back: soon afterwards no more than 2 MB is left of it, for the next ones. A sanitizer keeps what is freed and
has a memory of its own, so only the release build is measured.
"""

import signal
import socket
import time
import unittest

import harness
import wire

MB = 1 << 20
LEFT = 2 * MB
SECONDS_TO_COME_BACK = 60


def resident(pid):
    """Bytes of memory that the process has now."""
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    raise RuntimeError("no VmRSS")


def settled(pid, seconds=10.0):
    """The most it has within a second that brings nothing more, or within `seconds`."""
    until = time.monotonic() + seconds
    most = resident(pid)
    still = 0
    while time.monotonic() < until and still < 10:
        time.sleep(0.1)
        now = resident(pid)
        still = 0 if now > most else still + 1
        most = max(most, now)
    return most


def warm_up(port):
    """A little of everything, so that what is grown once and kept is not counted."""
    with wire.Connection(port) as client:
        client.send(wire.command("SET", "k", "v") + wire.command("GET", "k") * 8)
        for _ in range(9):
            client.reply()


class Memory(harness.TestCase):
    def setUp(self):
        self.server = self.redis(until=self.addCleanup)
        self.port = harness.free_port()
        yaml = harness.pool_yaml("one", self.port, [self.server.port], redis=True)
        self.running = self.proxy(yaml, [self.port], until=self.addCleanup)
        self.pid = self.running.process.pid
        warm_up(self.port)

    def report(self, what, before, most, bound):
        grown = most - before
        until = time.monotonic() + SECONDS_TO_COME_BACK
        while resident(self.pid) - before > LEFT and time.monotonic() < until:
            time.sleep(0.2)
        left = resident(self.pid) - before
        print(f"{what}: {before / MB:.1f} MB before, {grown / MB:+.1f} MB (less than "
              f"{bound / MB:.0f}), {left / MB:+.1f} MB afterwards", flush=True)
        self.assertLess(grown, bound)
        self.assertLessEqual(left, LEFT)

    def test_a_client_that_never_reads_64_mb_of_replies(self):
        with wire.Connection(self.port) as client:
            client.send(wire.command("SET", "large", b"x" * MB))
            client.reply()
        time.sleep(1)
        before = resident(self.pid)
        with socket.create_connection(("127.0.0.1", self.port)) as client:
            client.sendall(wire.command("GET", "large") * 64)
            most = settled(self.pid)
        self.report("a client that never reads 64 MB of replies", before, most, 4 * MB)

    def test_500_clients_with_64_requests_in_flight_each(self):
        before = resident(self.pid)
        clients = [wire.Connection(self.port) for _ in range(500)]
        for each in clients:
            self.addCleanup(each.close)
        for each in clients:  # the proxy lets through what it knows to bring small replies
            each.send(wire.command("GET", "k") * 64)
        for each in clients:
            for _ in range(64):
                each.reply()
        self.server.process.send_signal(signal.SIGSTOP)
        try:
            for each in clients:
                each.send(wire.command("GET", "k") * 64)
            wire.wait_until(lambda: self.in_flight() == 500 * 64, 20, "all requests to be in flight")
            most = settled(self.pid)
        finally:
            self.server.process.send_signal(signal.SIGCONT)
        for each in clients:
            for _ in range(64):
                self.assertEqual(each.reply(), b"$1\r\nv\r\n")
            each.close()
        self.report("500 clients with 64 requests in flight each", before, most, 20 * MB)

    def in_flight(self):
        pool = self.running.stats()["one"]
        return sum(each["in_queue"] + each["out_queue"] for each in pool.values()
                   if isinstance(each, dict))


if __name__ == "__main__":
    unittest.main()
