"""Requests that every server of a pool must be asked: one reply, made of all of theirs."""

import random
import re
import threading
import unittest

import harness
import wire

# Alike keys stay together under the default hash; this one scatters them.
SCATTERED = {"hash": "murmur"}


def elements(reply):
    """The bulk strings of a reply: of a flat array, all; of a page of SCAN, its cursor first."""
    return re.findall(rb"\$\d+\r\n([^\r]*)\r\n", reply)


class RedisPool(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backends = [cls.redis() for _ in range(3)]
        ports = [each.port for each in cls.backends]
        cls.port, cls.guarded = harness.free_port(), harness.free_port()
        settings = {"redis": True, "timeout": 5000, **SCATTERED}
        yaml = harness.pool_yaml("three", cls.port, ports, allow_flush=True, **settings)
        yaml += harness.pool_yaml("guarded", cls.guarded, ports, **settings)
        cls.proxy(yaml, [cls.port, cls.guarded])

    def setUp(self):
        self.client = wire.Connection(self.port)
        self.addCleanup(self.client.close)
        self.assertEqual(self.client.ask("FLUSHALL"), b"+OK\r\n")

    def fill(self, names):
        for name in names:
            self.client.send(wire.command("SET", name, "x"))
        for _ in names:
            self.assertEqual(self.client.reply(), b"+OK\r\n")

    def scan(self, *options, between=None):
        """Every key that a whole scan brings, as often as it brings it."""
        cursor, found, rounds = b"0", [], 0
        while rounds == 0 or cursor != b"0":
            cursor, *keys = elements(self.client.ask("SCAN", cursor, *options))
            self.assertLess(int(cursor), 1 << 64)
            found += keys
            rounds += 1
            if between:
                between(rounds)
        return found

    def test_keys_are_counted_and_listed_wherever_they_are(self):
        names = [f"key:{at}" for at in range(500)]
        self.fill(names)
        self.assertEqual(self.client.ask("DBSIZE"), b":500\r\n")
        found = elements(self.client.ask("KEYS", "key:*"))
        self.assertEqual(sorted(found), sorted(name.encode() for name in names))
        self.assertEqual(self.client.ask("KEYS", "none*"), b"*0\r\n")
        for backend in self.backends:
            with backend.connect() as straight:
                self.assertNotIn(straight.ask("DBSIZE"), (b":0\r\n", b":500\r\n"))

    def test_a_scan_finds_every_key_once_when_nothing_changes(self):
        names = [f"key:{at}" for at in range(1000)]
        self.fill(names)
        for options in ((), ("COUNT", 1), ("COUNT", 100000)):
            self.assertEqual(sorted(self.scan(*options)), sorted(name.encode() for name in names))

    def test_a_scan_misses_no_key_that_is_there_throughout(self):
        draw = random.Random(harness.seed())
        stays = [f"stays:{at}" for at in range(2000)]
        self.fill(stays)
        other = wire.Connection(self.port)
        self.addCleanup(other.close)

        def change(_):  # tables grow, shrink and are rehashed meanwhile
            name = f"comes:{draw.randrange(10)}"
            keys = [part for at in range(400) for part in (f"{name}:{at}", "x")]
            other.ask(*(["MSET", *keys] if draw.randrange(2) else ["DEL", *keys[::2]]))

        found = set(self.scan("COUNT", 50, between=change))
        self.assertEqual({name.encode() for name in stays} - found, set())

    def test_a_scan_passes_its_options_on(self):
        self.fill(["a:1", "a:2", "b:1"])
        self.client.ask("HSET", "a:hash", "f", "v")
        self.assertEqual(sorted(self.scan("MATCH", "a:*")), [b"a:1", b"a:2", b"a:hash"])
        self.assertEqual(self.scan("TYPE", "hash", "COUNT", 100), [b"a:hash"])
        for wrong in (("COUNT", "0"), ("COUNT", "x"), ("FOO", "bar"), ("MATCH",)):
            with self.backends[0].connect() as straight:
                theirs = straight.ask("SCAN", "0", *wrong)
            self.assertEqual(self.client.ask("SCAN", "0", *wrong), theirs, wrong)

    def test_a_foreign_cursor_is_refused_as_redis_refuses_one(self):
        for cursor in ("x", "1x", "18446744073709551616", "3", "1000003"):
            self.assertEqual(self.client.ask("SCAN", cursor), b"-ERR invalid cursor\r\n", cursor)
        with self.backends[0].connect() as straight:
            self.assertEqual(straight.ask("SCAN", "x"), b"-ERR invalid cursor\r\n")

    def test_a_client_library_scans(self):
        import redis

        names = {f"lib:{at}".encode() for at in range(300)}
        self.fill([name.decode() for name in names])
        client = redis.Redis(port=self.port)
        self.assertEqual(set(client.scan_iter(match="lib:*", count=7)), names)
        self.assertEqual(client.dbsize(), 300)
        self.assertEqual(set(client.keys("lib:*")), names)
        client.close()

    def test_a_script_is_known_wherever_its_keys_are(self):
        text = "return redis.call('INCR', KEYS[1])"
        sha = self.client.ask("SCRIPT", "LOAD", text)
        with self.backends[0].connect() as straight:
            self.assertEqual(sha, straight.ask("SCRIPT", "LOAD", text))
        name = elements(sha)[0]
        for at in range(30):
            self.assertEqual(self.client.ask("EVALSHA", name, 1, f"script:{at}"), b":1\r\n")
        self.assertEqual(self.client.ask("SCRIPT", "EXISTS", name, "f" * 40), b"*2\r\n:1\r\n:0\r\n")
        with self.backends[1].connect() as straight:
            straight.ask("SCRIPT", "FLUSH")
        self.assertEqual(self.client.ask("SCRIPT", "EXISTS", name), b"*1\r\n:0\r\n")
        self.assertEqual(self.client.ask("SCRIPT", "FLUSH", "SYNC"), b"+OK\r\n")
        self.assertEqual(self.client.ask("SCRIPT", "EXISTS", name), b"*1\r\n:0\r\n")
        self.assertEqual(self.client.ask("EVAL", "return 7", 0), b":7\r\n")
        self.assertTrue(self.client.ask("EVALSHA", name, 1, "script:1").startswith(b"-NOSCRIPT"))

    def test_a_function_is_known_wherever_its_keys_are(self):
        code = ("#!lua name=lib\nredis.register_function('bump', "
                "function(keys) return redis.call('INCR', keys[1]) end)")
        self.assertEqual(self.client.ask("FUNCTION", "LOAD", code), b"$3\r\nlib\r\n")
        for at in range(30):
            self.assertEqual(self.client.ask("FCALL", "bump", 1, f"function:{at}"), b":1\r\n")
        with self.backends[0].connect() as straight:
            self.assertEqual(self.client.ask("FUNCTION", "LIST"), straight.ask("FUNCTION", "LIST"))
            twice = straight.ask("FUNCTION", "LOAD", code)
        self.assertEqual(self.client.ask("FUNCTION", "LOAD", code), twice)
        self.assertEqual(self.client.ask("FUNCTION", "DELETE", "lib"), b"+OK\r\n")
        self.assertTrue(self.client.ask("FUNCTION", "DELETE", "lib").startswith(b"-ERR"))
        self.assertEqual(self.client.ask("FUNCTION", "FLUSH"), b"+OK\r\n")

    def test_everything_is_emptied_only_where_that_is_allowed(self):
        self.fill(["a", "b", "c", "d"])
        with wire.Connection(self.guarded) as client:
            for line in (["FLUSHALL"], ["FLUSHDB"], ["flushall", "ASYNC"]):
                self.assertIn(b" is refused: ", client.ask(*line))
            self.assertEqual(client.ask("DBSIZE"), b":4\r\n")
        self.assertEqual(self.client.ask("FLUSHDB", "ASYNC"), b"+OK\r\n")
        self.assertEqual(self.client.ask("DBSIZE"), b":0\r\n")

    def test_many_clients_get_each_their_own(self):
        self.fill([f"own:{at}:{n}" for at in range(8) for n in range(40)])
        failures = []

        def ask(at):
            with wire.Connection(self.port) as client:
                expected = sorted(b"own:%d:%d" % (at, n) for n in range(40))
                for _ in range(60):
                    client.send(wire.command("KEYS", f"own:{at}:*") + wire.command("GET", f"own:{at}:1")
                                + wire.command("DBSIZE"))
                    keys, value, size = client.reply(), client.reply(), client.reply()
                    if (sorted(elements(keys)), value, size) != (expected, b"$1\r\nx\r\n", b":320\r\n"):
                        failures.append((at, keys, value, size))

        threads = [threading.Thread(target=ask, args=(at,)) for at in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.assertEqual(failures, [])


class RedisPoolThatFails(harness.TestCase):
    def test_a_server_that_is_gone_is_an_error_and_no_smaller_answer(self):
        backends = [self.redis(until=self.addCleanup) for _ in range(2)]
        port = harness.free_port()
        yaml = harness.pool_yaml("two", port, [each.port for each in backends], redis=True, timeout=1000,
                                 auto_eject_hosts=True, server_failure_limit=1, server_retry_timeout=60000)
        proxy = self.proxy(yaml, [port], until=self.addCleanup)
        with wire.Connection(port) as client:
            self.assertEqual(client.ask("DBSIZE"), b":0\r\n")
            backends[1].stop()
            self.assertTrue(client.ask("DBSIZE").startswith(b"-ERR"))
            wire.wait_until(lambda: proxy.stats()["two"]["server_ejects"] == 1, 5, "an ejection")
            refused = b'server "127.0.0.1:%d": Connection refused' % backends[1].port
            self.assertIn(refused, client.ask("KEYS", "*"))
            for cursor in (b"0", b"1"):
                ejected = refused in client.ask("SCAN", cursor)
                backend = sorted(each.port for each in backends)[int(cursor)]
                self.assertEqual(ejected, backend == backends[1].port)


class MemcachePool(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backends = [cls.memcached() for _ in range(3)]
        names = [f"127.0.0.1:{each.port}:1 m{at}" for at, each in enumerate(cls.backends)]
        cls.port, cls.guarded = harness.free_port(), harness.free_port()
        yaml = harness.pool_yaml("three", cls.port, names, timeout=5000, allow_flush=True, **SCATTERED)
        yaml += harness.pool_yaml("guarded", cls.guarded, names, timeout=5000, **SCATTERED)
        cls.proxy(yaml, [cls.port, cls.guarded])

    def setUp(self):
        self.client = wire.Connection(self.port)
        self.addCleanup(self.client.close)

    def fill(self):
        for at in range(60):
            self.assertEqual(self.client.memcache(b"set f%d 0 0 1\r\nx\r\n" % at), b"STORED\r\n")

    def left(self):
        keys = b" ".join(b"f%d" % at for at in range(60))
        return self.client.memcache(b"get " + keys + b"\r\n").count(b"VALUE ")

    def test_flush_all_empties_every_server(self):
        self.fill()
        self.assertEqual(self.left(), 60)
        self.assertEqual(self.client.memcache(b"flush_all\r\n"), b"OK\r\n")
        self.assertEqual(self.left(), 0)

    def test_flush_all_noreply_says_nothing_and_empties_every_server(self):
        self.fill()
        self.client.send(b"flush_all noreply\r\nflush_all 0 noreply\r\n")
        wire.wait_until(lambda: self.left() == 0, 5, "empty servers")

    def test_flush_all_with_a_delay_empties_nothing_yet(self):
        self.fill()
        self.assertEqual(self.client.memcache(b"flush_all 1000\r\n"), b"OK\r\n")
        self.assertEqual(self.left(), 60)
        self.assertEqual(self.client.memcache(b"flush_all\r\n"), b"OK\r\n")

    def test_flush_all_is_refused_where_it_is_not_allowed(self):
        self.fill()
        with wire.Connection(self.guarded) as client:
            self.assertEqual(client.memcache(b"flush_all\r\n"), b"CLIENT_ERROR flush_all not allowed\r\n")
            self.assertEqual(client.memcache(b"flush_all noreply\r\nmn\r\n"), b"MN\r\n")
        self.assertEqual(self.left(), 60)

    def test_stats_tell_of_each_server_under_its_name(self):
        lines = self.client.memcache(b"stats\r\n").split(b"\r\n")
        self.assertEqual(lines[-2:], [b"END", b""])
        pids = dict(re.findall(rb"STAT (m\d)/pid (\d+)", b"\n".join(lines)))
        expected = {b"m%d" % at: b"%d" % each.process.pid for at, each in enumerate(self.backends)}
        self.assertEqual(pids, expected)
        self.assertTrue(all(re.match(rb"STAT m\d/\S+ ", line) for line in lines[:-2]))

    def test_stats_of_every_kind_that_is_told_in_lines(self):
        self.fill()
        for topic in (b"items", b"slabs", b"sizes", b"settings", b"conns"):
            reply = self.client.memcache(b"stats %s\r\n" % topic)
            self.assertTrue(reply.startswith(b"STAT m0/") and reply.endswith(b"END\r\n"), topic)
            self.assertEqual({b"m0", b"m1", b"m2"}, set(re.findall(rb"STAT (m\d)/", reply)))
        self.assertIn(b"not supported", self.client.memcache(b"stats reset\r\n"))


if __name__ == "__main__":
    unittest.main()
