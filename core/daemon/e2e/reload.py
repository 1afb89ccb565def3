"""SIGHUP and --reload: another configuration takes over while clients are being served."""

import pathlib
import signal
import subprocess
import threading
import unittest

import harness
import wire

IN_FORCE = "the configuration is in force"
AS_IT_WAS = "the configuration stays as it was"


class OneWorker(harness.TestCase):
    workers = 1

    def setUp(self):
        self.servers = [self.redis(until=self.addCleanup) for _ in range(2)]
        self.ports = [harness.free_port() for _ in range(2)]
        self.pid_file = pathlib.Path(self.folder, f"{self._testMethodName}.pid")
        self.running = self.proxy(self.pools(), [self.ports[0]], until=self.addCleanup,
                                  options=["-p", self.pid_file, "--workers", self.workers])
        self.conf = pathlib.Path(self.running.process.args[2])

    def pools(self, *, servers=None, port=None, **settings):
        named = [f"127.0.0.1:{each.port}:1 s{at}" for at, each in enumerate(servers or self.servers)]
        return harness.pool_yaml("one", port or self.ports[0], named, redis=True, **settings)

    def log(self):
        return self.running.log_file.read_text()

    def reload(self, yaml, outcome=IN_FORCE, how=signal.SIGHUP):
        """Returns what the log says of it."""
        before = self.log()
        self.conf.write_text(yaml)
        self.running.process.send_signal(how)
        wire.wait_until(lambda: outcome in self.log()[len(before):], 20, f"'{outcome}' in the log")
        return self.log()[len(before):]

    def client(self, port=None):
        client = wire.Connection(port or self.ports[0])
        self.addCleanup(client.close)
        return client

    def test_an_invalid_file_changes_nothing_and_is_reported_with_line_and_reason(self):
        client = self.client()
        said = self.reload(self.pools().replace("redis: true", "redis: perhaps"), AS_IT_WAS)
        self.assertIn(f"{self.conf}:3:", said)
        self.assertIn("perhaps", said)
        client.send(wire.command("SET", "k", "v"))
        self.assertEqual(client.reply(), b"+OK\r\n")

    def test_an_address_that_is_taken_changes_nothing(self):
        client = self.client()
        said = self.reload(self.pools(port=self.servers[0].port), AS_IT_WAS)
        self.assertIn("cannot listen on", said)
        client.send(wire.command("SET", "k", "v"))
        self.assertEqual(client.reply(), b"+OK\r\n")

    def test_a_pool_is_added_and_removed(self):
        both = self.pools() + harness.pool_yaml("two", self.ports[1], [self.servers[1].port],
                                                redis=True)
        self.assertIn('pool "two" is new', self.reload(both))
        client = self.client(self.ports[1])
        client.send(wire.command("SET", "k", "v"))
        self.assertEqual(client.reply(), b"+OK\r\n")
        self.assertIn("two", self.running.stats())
        self.assertIn('pool "two" is removed', self.reload(self.pools()))
        self.assertEqual(client.until_end(), b"")
        wire.wait_until(lambda: not harness.answers(self.ports[1]), 5, "the port to be free")
        self.assertNotIn("two", self.running.stats())

    def test_a_listener_moves_and_its_clients_stay(self):
        client = self.client()
        self.reload(self.pools(port=self.ports[1]))
        self.assertFalse(harness.answers(self.ports[0]))
        for each in (client, self.client(self.ports[1])):
            each.send(wire.command("SET", "k", "v"))
            self.assertEqual(each.reply(), b"+OK\r\n")

    def test_a_server_that_stays_keeps_its_connection(self):
        client = self.client()
        client.send(wire.command("MSET", *[word for at in range(50) for word in (f"k{at}", "v")]))
        self.assertEqual(client.reply(), b"+OK\r\n")
        before = self.connections_made(self.servers[0])
        self.reload(self.pools(servers=[self.servers[0]], timeout=5000), how=signal.SIGUSR1)
        client.send(wire.command("SET", "k", "v"))
        self.assertEqual(client.reply(), b"+OK\r\n")
        self.assertEqual(self.connections_made(self.servers[0]), before + 1)  # this very question

    def connections_made(self, server):
        with server.connect() as ask:
            ask.send(wire.command("INFO", "stats"))
            for line in ask.reply().decode().splitlines():
                if line.startswith("total_connections_received:"):
                    return int(line.split(":")[1])
        return None

    def command(self, conf=None):
        return subprocess.run([harness.BIN / "dovetail", "--reload", "-c", conf or self.conf, "-p",
                               self.pid_file], capture_output=True, text=True, timeout=20)

    def test_the_command_checks_the_file_before_it_tells_the_process(self):
        self.conf.write_text("one:\n  listen: nowhere\n")
        refused = self.command()
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"{self.conf}:2:", refused.stderr)
        self.assertNotIn("received", self.log())
        self.conf.write_text(self.pools(timeout=1000))
        told = self.command()
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        self.assertIn(IN_FORCE, self.log())

    def test_the_command_says_what_keeps_the_process_as_it_is(self):
        self.conf.write_text(self.pools(port=self.servers[0].port, timeout=1000))
        refused = self.command()
        self.assertEqual(refused.returncode, 1)
        self.assertIn("cannot listen on", refused.stderr)
        self.assertIn(f"process {self.running.process.pid} stays as it was", refused.stderr)

    def test_the_command_says_when_the_process_reads_another_file(self):
        other = pathlib.Path(self.folder, f"{self._testMethodName}.yml")
        other.write_text(self.pools(timeout=1000))
        self.conf.write_text(self.pools(timeout=1000))
        told = self.command(other)
        self.assertEqual(told.returncode, 1)
        self.assertIn(f"has read '{self.conf}', not '{other}'", told.stderr)

    def test_the_command_does_not_wait_for_ever(self):
        self.conf.write_text(self.pools(timeout=1000))
        self.running.process.send_signal(signal.SIGSTOP)
        try:
            told = self.command()
        finally:
            self.running.process.send_signal(signal.SIGCONT)
        self.assertEqual(told.returncode, 1)
        self.assertIn("has not said within 5 s", told.stderr)

    def test_no_reply_is_lost_or_doubled_under_load(self):
        variants = [self.pools(server_connections=2), self.pools(servers=self.servers[:1]),
                    self.pools(timeout=3000, server_connections=3), self.pools(hash="murmur"),
                    self.pools(client_connections=100), self.pools(distribution="modula")]
        enough = threading.Event()
        problems = []
        rounds = []

        def load(number):
            done = 0
            with wire.Connection(self.ports[0]) as client:
                while not enough.is_set():
                    key, value = f"client:{number}", f"{number}:{done}"
                    client.send(wire.command("SET", key, value) + wire.command("GET", key) * 8)
                    replies = [client.reply() for _ in range(9)]
                    # Its keys may have moved to another server, but they are its own.
                    wrong = [reply for reply in replies[1:] if reply != b"$-1\r\n"
                             and f"\r\n{number}:".encode() not in reply]
                    if replies[0] != b"+OK\r\n" or wrong:
                        problems.append((number, replies))
                        return
                    done += 1
            rounds.append(done)

        clients = [threading.Thread(target=load, args=(number,)) for number in range(8)]
        for each in clients:
            each.start()
        for at in range(30):
            self.reload(variants[at % len(variants)])
        enough.set()
        for each in clients:
            each.join(20)
        self.assertEqual(problems, [])
        self.assertEqual(len(rounds), 8, "every client kept its connection")
        self.assertGreater(min(rounds), 0)


class ThreeWorkers(OneWorker):
    workers = 3


if __name__ == "__main__":
    unittest.main()
