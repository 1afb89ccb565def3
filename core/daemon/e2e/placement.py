"""Keys written through nutcracker are found through dovetail, and the other way round: the same
file, the same servers, the same place for every key."""

import re
import unittest

import harness
import wire

NUTCRACKER = "nutcracker"

SETTINGS = [
    {},
    {"hash": "murmur", "distribution": "modula"},
    {"hash": "crc16", "distribution": "ketama"},
    {"hash": "md5", "distribution": "modula", "hash_tag": '"{}"'},
    {"hash": "fnv1a_64", "distribution": "ketama", "hash_tag": '"$$"'},
    {"hash": "one_at_a_time", "distribution": "ketama"},
]

KEYS = [f"key:{each}" for each in range(100)]
KEYS += [f"{{tag{each}}}:tail" for each in range(20)] + [f"a$tag{each}$z" for each in range(20)]
KEYS += ["k" * 250, "ключ", "鍵", "{}", "{", "}{", "$$", "a{b"]


class SamePlace(harness.TestCase):
    """One listener of each proxy for each of SETTINGS, before the same three servers."""

    redis_pool = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        start = cls.redis if cls.redis_pool else cls.memcached
        backends = [start().port for _ in range(3)]
        servers = [
            f"127.0.0.1:{backends[0]}:1 long-name-a",
            f"127.0.0.1:{backends[1]}:3 b",
            f"127.0.0.1:{backends[2]}:2",
        ]
        cls.through = {}
        for program in (None, NUTCRACKER):
            ports = [harness.free_port() for _ in SETTINGS]
            pools = [
                harness.pool_yaml(f"pool{at}", port, servers, redis=cls.redis_pool, **settings)
                for at, (port, settings) in enumerate(zip(ports, SETTINGS))
            ]
            cls.proxy("\n".join(pools), ports, program=program)
            cls.through[program] = ports

    def write_here_read_there(self, write, here, there):
        for at, settings in enumerate(SETTINGS):
            with (
                self.subTest(settings),
                wire.Connection(self.through[here][at]) as writer,
                wire.Connection(self.through[there][at]) as reader,
            ):
                for key in KEYS:
                    value = f"{write}{at} {key}".encode()
                    self.store(writer, key.encode(), value)
                    self.assertEqual(self.fetch(reader, key.encode()), value, key)


class RedisPlacement(SamePlace):
    redis_pool = True

    def store(self, client, key, value):
        self.assertEqual(client.ask("SET", key, value), b"+OK\r\n")

    def fetch(self, client, key):
        return client.ask("GET", key).split(b"\r\n", 1)[1][:-2]

    def test_what_nutcracker_wrote_is_found_through_dovetail(self):
        self.write_here_read_there("first", NUTCRACKER, None)

    def test_what_dovetail_wrote_is_found_through_nutcracker(self):
        self.write_here_read_there("second", None, NUTCRACKER)

    def test_requests_divided_among_servers_find_the_same_places(self):
        for at, settings in enumerate(SETTINGS):
            with (
                self.subTest(settings),
                wire.Connection(self.through[None][at]) as ours,
                wire.Connection(self.through[NUTCRACKER][at]) as theirs,
            ):
                ours.ask("MSET", *[part for key in KEYS for part in (key, f"{at} {key}")])
                self.assertEqual(ours.ask("MGET", *KEYS), theirs.ask("MGET", *KEYS))
                self.assertEqual(theirs.ask("DEL", *KEYS), b":%d\r\n" % len(KEYS))
                self.assertEqual(ours.ask("EXISTS", *KEYS), b":0\r\n")


class MemcachePlacement(SamePlace):
    def store(self, client, key, value):
        line = b"set %s 0 0 %d\r\n%s\r\n" % (key, len(value), value)
        self.assertEqual(client.memcache(line), b"STORED\r\n")

    def fetch(self, client, key):
        reply = client.memcache(b"get %s\r\n" % key)
        found = re.fullmatch(rb"VALUE \S+ 0 \d+\r\n(.*)\r\nEND\r\n", reply, re.DOTALL)
        return found and found[1]

    def test_what_nutcracker_wrote_is_found_through_dovetail(self):
        self.write_here_read_there("first", NUTCRACKER, None)

    def test_what_dovetail_wrote_is_found_through_nutcracker(self):
        self.write_here_read_there("second", None, NUTCRACKER)


if __name__ == "__main__":
    unittest.main(verbosity=2)
