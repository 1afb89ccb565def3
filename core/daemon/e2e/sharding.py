"""Requests whose keys lie on several servers: one reply, in the client's order of keys."""

import random
import unittest

import harness
import wire

# Alike keys stay together under the default hash; this one scatters them.
SCATTERED = {"hash": "murmur"}

KEYS = [f"shard:{each}" for each in range(60)]


def bulk(value):
    return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value)


class RedisSharding(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backends = [cls.redis() for _ in range(3)]
        cls.port = harness.free_port()
        ports = [each.port for each in cls.backends]
        cls.proxy(harness.pool_yaml("three", cls.port, ports, redis=True, **SCATTERED), [cls.port])

    def setUp(self):
        for backend in self.backends:
            with backend.connect() as straight:
                straight.ask("FLUSHALL")
        self.client = wire.Connection(self.port)
        self.addCleanup(self.client.close)

    def test_random_multi_key_requests_equal_a_dictionary(self):
        draw = random.Random(harness.seed())
        model = {}
        for _ in range(1500):
            keys = [draw.choice(KEYS) for _ in range(draw.randrange(1, 12))]
            name = draw.choice(["MGET", "MGET", "MSET", "DEL", "UNLINK", "EXISTS", "TOUCH"])
            if name == "MSET":
                values = [b"%d" % draw.randrange(10**6) for _ in keys]
                asked = [part for pair in zip(keys, values) for part in pair]
                model.update(zip(keys, values))
                expected = b"+OK\r\n"
            elif name == "MGET":
                asked = keys
                expected = b"*%d\r\n" % len(keys) + b"".join(bulk(model.get(key)) for key in keys)
            elif name in ("EXISTS", "TOUCH"):
                asked = keys
                expected = b":%d\r\n" % sum(key in model for key in keys)
            else:
                asked = keys
                expected = b":%d\r\n" % len({key for key in keys if model.pop(key, None)})
            self.assertEqual(self.client.ask(name, *asked), expected, (name, asked))

    def test_the_keys_are_on_all_three_servers_and_each_on_one(self):
        self.client.ask("MSET", *[part for key in KEYS for part in (key, "x")])
        sizes = []
        for backend in self.backends:
            with backend.connect() as straight:
                sizes.append(int(straight.ask("DBSIZE")[1:]))
        self.assertEqual(sum(sizes), len(KEYS))
        self.assertTrue(all(sizes), sizes)

    def test_pipelined_requests_to_different_servers_are_answered_in_order(self):
        for key in KEYS:
            self.client.ask("SET", key, f"value of {key}")
        order = random.Random(harness.seed()).choices(KEYS, k=2000)
        self.client.send_pieces([b"".join(wire.command("GET", key) for key in order)])
        for key in order:
            self.assertEqual(self.client.reply(), bulk(f"value of {key}".encode()))

    def test_a_failing_part_makes_one_error_and_nothing_else(self):
        """MGET knows no wrong type, but a server that may not write refuses its part of an MSET."""
        with self.backends[0].connect() as straight:
            straight.ask("REPLICAOF", "127.0.0.1", "1")
        try:
            reply = self.client.ask("MSET", *[part for key in KEYS for part in (key, "x")])
            self.assertTrue(wire.redis_error(reply), reply)
            self.assertIn(b"READONLY", reply)
            self.assertEqual(self.client.ask("PING"), b"+PONG\r\n")
        finally:
            with self.backends[0].connect() as straight:
                straight.ask("REPLICAOF", "NO", "ONE")

    def test_keys_on_several_servers_are_refused_where_they_cannot_be_divided(self):
        for asked in [["SINTER", *KEYS], ["PFCOUNT", *KEYS], ["SUNIONSTORE", *KEYS], ["ZUNION", "60", *KEYS]]:
            with self.subTest(asked[0]):
                self.assertTrue(wire.redis_error(self.client.ask(*asked)))
                self.assertEqual(self.client.ask("PING"), b"+PONG\r\n")


class MemcacheSharding(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backends = [cls.memcached() for _ in range(3)]
        cls.port = harness.free_port()
        ports = [each.port for each in cls.backends]
        cls.proxy(harness.pool_yaml("three", cls.port, ports, **SCATTERED), [cls.port])

    def setUp(self):
        self.client = wire.Connection(self.port)
        self.addCleanup(self.client.close)

        for key in KEYS:
            self.client.memcache(b"delete %s\r\n" % key.encode())

    def test_random_gets_of_many_keys_equal_a_dictionary(self):
        draw = random.Random(harness.seed())
        model = {}
        for _ in range(1500):
            keys = [draw.choice(KEYS) for _ in range(draw.randrange(1, 12))]
            if draw.randrange(3):
                expected = b"".join(
                    b"VALUE %s %d %d\r\n%s\r\n" % (key.encode(), model[key][0], len(model[key][1]), model[key][1])
                    for key in keys if key in model)
                asked = " ".join([draw.choice(["get", "gat 0"]), *keys]).encode() + b"\r\n"
                self.assertEqual(self.client.memcache(asked), expected + b"END\r\n", asked)
            elif draw.randrange(4):
                flags, value = draw.randrange(100), b"%d" % draw.randrange(10**6)
                model[keys[0]] = flags, value
                stored = self.client.memcache(b"set %s %d 0 %d\r\n%s\r\n" % (keys[0].encode(), flags, len(value), value))
                self.assertEqual(stored, b"STORED\r\n")
            else:
                deleted = self.client.memcache(b"delete %s\r\n" % keys[0].encode())
                self.assertEqual(deleted, b"DELETED\r\n" if model.pop(keys[0], None) else b"NOT_FOUND\r\n")

    def test_gets_of_many_keys_has_each_server_s_cas_number(self):
        for key in KEYS:
            self.client.memcache(b"set %s 0 0 1\r\nx\r\n" % key.encode())
        reply = self.client.memcache(" ".join(["gets", *KEYS]).encode() + b"\r\n")
        lines = [line for line in reply.split(b"\r\n") if line.startswith(b"VALUE")]
        self.assertEqual([line.split()[1].decode() for line in lines], KEYS)
        for line in lines:
            _, key, _, _, unique = line.split()
            self.assertEqual(self.client.memcache(b"cas %s 0 0 1 %s\r\ny\r\n" % (key, unique)), b"STORED\r\n")

    def test_noreply_requests_reach_their_servers_before_what_follows(self):
        data = b"".join(b"set %s 0 0 5 noreply\r\nquiet\r\n" % key.encode() for key in KEYS)
        self.client.send(data + " ".join(["get", *KEYS]).encode() + b"\r\n")
        self.assertEqual(self.client.memcache_reply().count(b"\r\nquiet\r\n"), len(KEYS))
        self.assertTrue(self.client.silent(0.05))


if __name__ == "__main__":
    unittest.main(verbosity=2)
