"""Servers that die, are ejected, and come back; connections that nobody uses."""

import time
import unittest
import urllib.request

import harness
import wire
from fake_backend import ends_soon, redis_backend

RETRY = 0.3  # seconds; server_retry_timeout


def settings(**more):
    return {"timeout": 400, "auto_eject_hosts": True, "server_failure_limit": 1,
            "server_retry_timeout": int(RETRY * 1000), **more}


class Redis(harness.TestCase):
    def setUp(self):
        self.server = self.redis(until=self.addCleanup)
        self.port = harness.free_port()
        yaml = harness.pool_yaml("one", self.port, [self.server.port], redis=True, **settings())
        self.running = self.proxy(yaml, [self.port], until=self.addCleanup)
        self.client = wire.Connection(self.port)
        self.addCleanup(self.client.close)
        self.assertEqual(self.client.ask("SET", "k", "v"), b"+OK\r\n")

    def ejections(self):
        return self.running.stats()["one"]["server_ejects"]

    def restart(self):
        self.server = harness.start_redis(self.folder, self.server.port)
        self.addCleanup(self.server.stop)

    def test_a_server_that_is_back_answers_without_another_error(self):
        self.server.stop()
        self.assertTrue(wire.redis_error(self.client.ask("GET", "k")))
        wire.wait_until(lambda: self.ejections() == 1, 5, "the ejection")
        time.sleep(RETRY * 2)
        self.assertTrue(wire.redis_error(self.client.ask("GET", "k")))
        self.restart()
        time.sleep(RETRY * 3)
        self.assertEqual(self.client.ask("GET", "k"), b"$-1\r\n")
        self.assertEqual(self.ejections(), 1)

    def test_it_is_seen_in_the_log_and_in_a_metric_while_it_lasts(self):
        def out():
            where = f"http://127.0.0.1:{self.running.stats_port}/metrics"
            with urllib.request.urlopen(where, timeout=10) as metrics:
                lines = metrics.read().decode().splitlines()
            return [line for line in lines if line.startswith("dovetail_server_ejected{")]

        name = f"127.0.0.1:{self.server.port}"
        self.assertEqual(out(), [f'dovetail_server_ejected{{pool="one",server="{name}"}} 0'])
        self.server.stop()
        self.assertTrue(wire.redis_error(self.client.ask("GET", "k")))
        self.assertEqual(out(), [f'dovetail_server_ejected{{pool="one",server="{name}"}} 1'])
        self.restart()
        wire.wait_until(lambda: out()[0].endswith(" 0"), 5, "the server to be back")
        log = self.running.log_file.read_text()
        self.assertRegex(log, rf'pool "one": server "{name}" ejected: .+; to be probed every 300 ms')
        self.assertRegex(log, rf'pool "one": server "{name}" is back: answered a probe after \d+ ms')

    def test_a_server_that_closes_idle_connections_is_not_ejected(self):
        with self.server.connect() as admin:
            admin.ask("CONFIG", "SET", "timeout", "1")
            admin.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        for _ in range(20):
            self.assertEqual(self.client.ask("GET", "k"), b"$1\r\nv\r\n")
            with self.server.connect() as admin:
                admin.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            time.sleep(0.02)
        self.assertEqual(self.ejections(), 0)


class Unresolvable(harness.TestCase):
    def test_the_log_says_which_name_it_is(self):
        port = harness.free_port()
        yaml = harness.pool_yaml("one", port, ["no.such.host.invalid:6379:1 lost"], redis=True,
                                 **settings(timeout=20000))
        running = self.proxy(yaml, [port], until=self.addCleanup)
        with wire.Connection(port) as client:
            self.assertEqual(client.ask("GET", "k"), b"-ERR Host is down\r\n")
        reason = 'Host is down: the name "no.such.host.invalid" could not be resolved'
        wire.wait_until(lambda: f'server "lost" closed: {reason}\n' in running.log_file.read_text(),
                        10, "the reason in the log")


class UnixSocket(harness.TestCase):
    def test_the_database_is_selected_over_a_unix_socket_as_well(self):
        path = f"{self.folder}/redis.sock"
        server = self.redis("--unixsocket", path, until=self.addCleanup)
        port = harness.free_port()
        yaml = harness.pool_yaml("one", port, [f"{path}:1 only"], redis=True, timeout=400, redis_db=3)
        running = self.proxy(yaml, [port], until=self.addCleanup)
        with wire.Connection(port) as client, server.connect() as direct:
            self.assertEqual(client.ask("SET", "k", "v"), b"+OK\r\n")
            self.assertEqual(direct.ask("GET", "k"), b"$-1\r\n")
            self.assertEqual(direct.ask("SELECT", "3"), b"+OK\r\n")
            self.assertEqual(direct.ask("GET", "k"), b"$1\r\nv\r\n")
            self.assertEqual(running.stats()["one"]["only"]["server_connections"], 1)


class Memcached(harness.TestCase):
    def test_a_server_that_is_back_answers_without_another_error(self):
        server = self.memcached(until=self.addCleanup)
        port = harness.free_port()
        yaml = harness.pool_yaml("one", port, [server.port], **settings())
        self.proxy(yaml, [port], until=self.addCleanup)
        with wire.Connection(port) as client:
            client.send(b"get k\r\n")
            self.assertEqual(client.line(), b"END\r\n")
            server.stop()
            client.send(b"get k\r\n")
            self.assertTrue(client.line().startswith(b"SERVER_ERROR"))
            again = harness.start_memcached(self.folder, server.port)
            self.addCleanup(again.stop)
            time.sleep(RETRY * 3)
            client.send(b"get k\r\n")
            self.assertEqual(client.line(), b"END\r\n")


class IdleClients(harness.TestCase):
    def test_an_idle_client_is_closed_and_one_that_waits_is_not(self):
        backend = redis_backend()
        self.addCleanup(backend.stop)
        port = harness.free_port()
        yaml = harness.pool_yaml("one", port, [backend.port], redis=True, client_idle_timeout=300)
        self.proxy(yaml, [port], until=self.addCleanup)
        with wire.Connection(port) as idle, wire.Connection(port) as waiting:
            self.assertEqual(idle.ask("PING"), b"+PONG\r\n")
            waiting.send(wire.command("GET", "k"))
            self.assertTrue(ends_soon(idle))
            backend.answer(b"$1\r\nv\r\n")
            self.assertEqual(waiting.reply(), b"$1\r\nv\r\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
