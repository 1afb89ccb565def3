"""Real clients with their default options, each in a short session through the proxy."""

import fcntl
import os
import pathlib
import pty
import random
import select
import signal
import struct
import subprocess
import termios
import time
import unittest

import harness
import wire

HERE = pathlib.Path(__file__).parent
NODE_MODULES = harness.ROOT / "build/node/node_modules"


def run(*arguments, given=None, seconds=60, environment=None):
    """A program's output, both streams; fails if it does."""
    done = subprocess.run(
        [str(argument) for argument in arguments],
        input=given,
        stdin=None if given is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds,
        env={**os.environ, **(environment or {})},
    )
    output = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise AssertionError(f"{arguments} ended with {done.returncode}:\n{output}")
    return output


class RedisClients(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port = harness.free_port()
        backends = [cls.redis().port for _ in range(3)]
        yaml = harness.pool_yaml("clients", cls.port, backends, redis=True, hash="murmur", timeout=5000)
        cls.proxied = cls.proxy(yaml, [cls.port])

    def cli(self, *arguments, given=None):
        return run("redis-cli", "-p", self.port, *arguments, given=given)

    def test_redis_cli_one_command_at_a_time(self):
        self.assertEqual(self.cli("SET", "cli", "a value"), "OK\n")
        self.assertEqual(self.cli("GET", "cli"), "a value\n")
        self.assertEqual(self.cli("MGET", "cli", "none", "cli"), "a value\n\na value\n")
        self.assertEqual(self.cli("DEL", "cli", "none"), "1\n")
        self.assertEqual(self.cli("PING"), "PONG\n")

    def test_redis_cli_commands_from_a_file(self):
        output = self.cli(given=b"SET cli:file 1\nINCR cli:file\nNOSUCH\nGET cli:file\n")
        self.assertEqual(
            [line for line in output.split("\n") if line],
            ["OK", "2", "ERR unknown command 'NOSUCH', with args beginning with: ", "2"],
        )

    def test_redis_cli_at_a_terminal_has_hints_from_the_proxy(self):
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ["TERM"] = "xterm"
            os.execvp("redis-cli", ["redis-cli", "-p", str(self.port)])
        shown = b""

        def shows(text):
            def read():
                nonlocal shown
                if select.select([terminal], [], [], 0.1)[0]:
                    shown += os.read(terminal, 65536)
                return text in shown

            wire.wait_until(read, 20, f"redis-cli to show {text}, not {shown}")

        try:
            # Without a width it asks the terminal, which is not there to answer.
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
            shows(b"> ")
            os.write(terminal, b"mget ")
            shows(b"key [key ...]")
            os.write(terminal, b"\x15help dbsize\r")
            shows(b"Asked of every server; one reply is made of theirs")
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(terminal)

    def test_redis_cli_repeats_a_command(self):
        self.assertEqual(self.cli("-r", "5", "INCR", "cli:count"), "1\n2\n3\n4\n5\n")

    def test_redis_cli_mass_insertion(self):
        count = 20000
        data = b"".join(wire.command("SET", f"mass:{at}", f"value {at}") for at in range(count))
        output = self.cli("--pipe", given=data)
        self.assertIn(f"errors: 0, replies: {count}", output)
        for at in random.Random(harness.seed()).choices(range(count), k=50):
            self.assertEqual(self.ask("GET", f"mass:{at}").split(b"\r\n")[1], b"value %d" % at)

    def ask(self, *arguments):
        with wire.Connection(self.port) as client:
            return client.ask(*arguments)

    def test_redis_benchmark(self):
        output = run("redis-benchmark", "-p", self.port, "-t", "set,get", "-n", 20000, "-c", 50, "-P", 16, "-q", seconds=120)
        self.assertNotIn("Error", output)
        self.assertRegex(output, r"SET: [\d.]+ requests per second")
        self.assertRegex(output, r"GET: [\d.]+ requests per second")

    def test_redis_benchmark_of_many_keys_and_commands(self):
        output = run(
            "redis-benchmark", "-p", self.port, "-t", "set,get,incr,lpush,rpop,sadd,hset,mset",
            "-r", 1000, "-n", 5000, "-c", 20, "-q", seconds=120)
        self.assertNotIn("Error", output)
        self.assertRegex(output, r"MSET \(10 keys\): [\d.]+ requests per second")

    def test_redis_py_asks_about_its_connection(self):
        import redis

        client = redis.Redis(port=self.port, client_name="me", single_connection_client=True)
        self.assertEqual(client.client_getname(), "me")
        listed = client.client_list()
        self.assertEqual([each["name"] for each in listed], ["me"])
        self.assertEqual(client.client_info()["id"], client.client_id())
        self.assertRegex(listed[0]["addr"], r"^127\.0\.0\.1:\d+$")
        self.assertTrue(client.client_no_evict("ON"))
        self.assertAlmostEqual(client.time()[0], time.time(), delta=5)
        self.assertEqual(client.info()["loading"], 0)
        self.assertEqual(client.info("dovetail")["pool_name"], "clients")
        self.assertGreater(client.command_count(), 150)
        self.assertTrue(client.readonly())
        client.close()

    def test_a_client_that_wants_no_replies_gets_none(self):
        with wire.Connection(self.port) as client:
            client.send(wire.command("CLIENT", "REPLY", "OFF"))
            for at in range(100):
                client.send(wire.command("SET", f"mute:{at}", at) + wire.command("NOSUCH"))
            self.assertEqual(client.ask("CLIENT", "REPLY", "ON"), b"+OK\r\n")
            client.send(wire.command("CLIENT", "REPLY", "SKIP") + wire.command("GET", "mute:1"))
            self.assertEqual(client.ask("GET", "mute:99"), b"$2\r\n99\r\n")

    def test_redis_py(self):
        import redis

        client = redis.Redis(port=self.port)
        self.assertTrue(client.ping())
        self.assertTrue(client.set("py:a", "1"))
        self.assertEqual(client.incrby("py:a", 41), 42)
        self.assertTrue(client.mset({"py:b": "two", "py:c": "three"}))
        self.assertEqual(client.mget("py:a", "none", "py:c"), [b"42", None, b"three"])
        self.assertEqual(client.hset("py:h", mapping={"one": 1, "two": 2}), 2)
        self.assertEqual(client.hgetall("py:h"), {b"one": b"1", b"two": b"2"})
        self.assertEqual(client.zadd("py:z", {"a": 1, "b": 2}), 2)
        self.assertEqual(client.zrange("py:z", 0, -1, withscores=True), [(b"a", 1.0), (b"b", 2.0)])
        with self.assertRaisesRegex(redis.ResponseError, "WRONGTYPE"):
            client.lpush("py:h", "x")
        pipeline = client.pipeline(transaction=False)
        for at in range(1000):
            pipeline.set(f"py:{at}", at).get(f"py:{at}")
        self.assertEqual(pipeline.execute(), [reply for at in range(1000) for reply in (True, b"%d" % at)])
        self.assertEqual(client.delete("py:a", "py:b", "py:h", "none"), 3)
        client.close()

    def test_hiredis(self):
        run(harness.BIN / "hiredis_client", self.port)

    def node(self, script):
        if not NODE_MODULES.is_dir():
            raise AssertionError(f"no node clients in {NODE_MODULES}: run ci/setup test")
        run("node", HERE / "node" / script, self.port, environment={"NODE_PATH": str(NODE_MODULES)})

    def test_ioredis(self):
        self.node("ioredis_client.js")

    def test_redis_for_node_of_version_4(self):
        self.node("redis4_client.js")

    def test_statistics_count_what_the_clients_did(self):
        self.ask("SET", "counted", "x")
        pool = self.proxied.stats()["clients"]
        servers = [value for value in pool.values() if isinstance(value, dict)]
        self.assertEqual(len(servers), 3)
        self.assertGreater(sum(server["requests"] for server in servers), 0)
        self.assertEqual(sum(server["server_err"] for server in servers), 0)


class MemcacheClients(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port = harness.free_port()
        backends = [cls.memcached().port for _ in range(3)]
        yaml = harness.pool_yaml("clients", cls.port, backends, hash="murmur", timeout=5000)
        cls.proxied = cls.proxy(yaml, [cls.port])

    def test_pymemcache(self):
        from pymemcache.client.base import Client

        client = Client(("127.0.0.1", self.port))
        self.assertTrue(client.set("py:a", "one", noreply=False))
        self.assertTrue(client.set("py:b", "two"))
        self.assertEqual(client.get("py:a"), b"one")
        keys = [f"py:many:{at}" for at in range(200)]
        self.assertEqual(client.set_many({key: key for key in keys}, noreply=False), [])
        self.assertEqual(client.get_many(keys), {key: key.encode() for key in keys})
        value, unique = client.gets("py:a")
        self.assertTrue(client.cas("py:a", "new", unique))
        self.assertFalse(client.cas("py:a", "newer", unique))
        self.assertTrue(client.set("py:n", "41", noreply=False))
        self.assertEqual(client.incr("py:n", 1), 42)
        self.assertTrue(client.touch("py:n", 100, noreply=False))
        self.assertTrue(client.delete("py:n", noreply=False))
        self.assertIsNone(client.get("py:n"))
        self.assertTrue(client.version())
        client.quit()


if __name__ == "__main__":
    unittest.main(verbosity=2)
