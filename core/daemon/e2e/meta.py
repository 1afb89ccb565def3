"""memcached's meta commands over three servers: keys in base64, quiet batches, opaques."""

import base64
import random
import unittest

import fake_backend
import harness
import wire


def encoded(key):
    return base64.b64encode(key)


class MetaOverThreeServers(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backends = [cls.memcached() for _ in range(3)]
        cls.port = harness.free_port()
        ports = [each.port for each in cls.backends]
        # Alike keys stay together under the default hash; this one scatters them.
        yaml = harness.pool_yaml("three", cls.port, ports, hash="murmur", timeout=5000, allow_flush=True)
        cls.proxy(yaml, [cls.port])

    def setUp(self):
        self.client = wire.Connection(self.port)
        self.addCleanup(self.client.close)
        self.assertEqual(self.client.memcache(b"flush_all\r\n"), b"OK\r\n")

    def test_a_key_in_base64_is_the_key_it_means(self):
        for at in range(60):
            key, value = b"key:%d" % at, b"%d" % at
            block = b"%d b\r\n%s\r\n" % (len(value), value)
            self.assertEqual(self.client.memcache(b"ms " + encoded(key) + b" " + block), b"HD\r\n")
        for at in range(60):
            key, value = b"key:%d" % at, b"%d" % at
            plain = b"VALUE %s 0 %d\r\n%s\r\nEND\r\n" % (key, len(value), value)
            self.assertEqual(self.client.memcache(b"get " + key + b"\r\n"), plain)
            meta = b"VA %d k%s b\r\n%s\r\n" % (len(value), encoded(key), value)
            self.assertEqual(self.client.memcache(b"mg " + encoded(key) + b" b k v\r\n"), meta)
            self.assertEqual(self.client.memcache(b"mg " + key + b" k v\r\n"), meta)
            for asked in (encoded(key) + b" b", key):
                told = self.client.memcache(b"me " + asked + b"\r\n")
                self.assertTrue(told.startswith(b"ME " + encoded(key) + b" "), told)
            self.assertEqual(self.client.memcache(b"md " + encoded(key) + b" b O1\r\n"), b"HD O1\r\n")
            self.assertEqual(self.client.memcache(b"get " + key + b"\r\n"), b"END\r\n")

    def test_any_bytes_can_be_a_key_in_base64(self):
        draw = random.Random(harness.seed())
        for _ in range(100):
            key = encoded(draw.randbytes(draw.randrange(1, 180)))
            self.assertEqual(self.client.memcache(b"ms " + key + b" 1 b\r\nx\r\n"), b"HD\r\n")
            got = self.client.memcache(b"mg " + key + b" b v k O7\r\n")
            self.assertEqual(got, b"VA 1 k" + key + b" b O7\r\nx\r\n")

    def test_a_quiet_batch_ends_with_its_mn(self):
        for at in range(0, 90, 3):
            self.client.memcache(b"set q%d 0 0 1\r\nx\r\n" % at)
        for _ in range(20):
            batch = b"".join(b"mg q%d q v k O%d\r\n" % (at, at) for at in range(90))
            self.client.send(batch + b"mn\r\n")
            for at in range(0, 90, 3):
                self.assertEqual(self.client.memcache_reply(), b"VA 1 kq%d O%d\r\nx\r\n" % (at, at))
            self.assertEqual(self.client.memcache_reply(), b"MN\r\n")

    def test_a_quiet_batch_of_writes_tells_only_what_did_not_succeed(self):
        sets = b"".join(b"ms w%d 1 q\r\nx\r\n" % at for at in range(30))
        adds = b"".join(b"ms w%d 1 q ME O%d\r\ny\r\n" % (at, at) for at in range(25, 35))
        gone = b"".join(b"md w%d q k\r\n" % at for at in range(33, 37))
        self.client.send(sets + adds + gone + b"mn\r\nget w34\r\n")
        told = [self.client.memcache_reply() for _ in range(9)]
        refused = [b"NS O%d\r\n" % at for at in range(25, 30)]
        missing = [b"NF kw%d\r\n" % at for at in range(35, 37)]
        self.assertEqual(told, [*refused, *missing, b"MN\r\n", b"END\r\n"])

    def test_counters_are_made_and_counted(self):
        batch = b"mg none v\r\nma n N0 J5 v\r\nma n D3 v\r\nma n MD v\r\nmg n s t v\r\nmn\r\n"
        self.client.send(batch)
        told = [self.client.memcache_reply() for _ in range(6)]
        values = [b"EN\r\n", b"VA 1\r\n5\r\n", b"VA 1\r\n8\r\n", b"VA 1\r\n7\r\n"]
        self.assertEqual(told, [*values, b"VA 1 s1 t-1\r\n7\r\n", b"MN\r\n"])


class MetaWithAServerThatIsWrong(harness.TestCase):
    def test_another_opaque_ends_the_connection_and_is_never_told(self):
        backend = fake_backend.memcache_backend()
        self.addCleanup(backend.stop)
        port = harness.free_port()
        self.proxy(harness.pool_yaml("one", port, [backend.port], timeout=5000), [port], until=self.addCleanup)
        with wire.Connection(port) as client:
            client.send(b"mg a v O1\r\nmn\r\n")
            server, _ = backend.answer(b"VA 1 O2\r\nx\r\n")
            self.assertTrue(client.memcache_reply().startswith(b"SERVER_ERROR "))
            self.assertEqual(client.memcache_reply(), b"MN\r\n")
            self.assertTrue(fake_backend.ends_soon(server))


if __name__ == "__main__":
    unittest.main()
