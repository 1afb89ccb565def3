"""The same bytes to a memcached through the proxy and to another one directly: the replies must be
the same bytes."""

import random
import unittest

import harness
import wire
from memcache_commands import Commands

ROUNDS = 500
REQUESTS = 40  # in one round, 20 000 in all
CLIENTS = 4

# Not compared, for the proxy answers or refuses these on purpose: version, verbosity, quit (own
# answers), stats, flush_all, shutdown, watch, lru, slabs (about one server, not about the pool).


class Pair(harness.TestCase):
    """Two servers that get the same; the random test has two of its own, for cas numbers tell how
    many changes a server has seen in all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.behind = cls.memcached()
        cls.direct = cls.memcached()
        cls.port = harness.free_port()
        cls.proxy(harness.pool_yaml("one", cls.port, [cls.behind.port]), [cls.port])

    def pair(self):
        pair = wire.Connection(self.port), self.direct.connect()
        for each in pair:
            self.addCleanup(each.close)
        return pair

    def same_replies(self, pair, asked):
        for each in asked:
            through, straight = pair[0].memcache_reply(), pair[1].memcache_reply()
            self.assertEqual(through[:500], straight[:500], f"{each[:200]!r}")
            self.assertEqual(through, straight, f"{each[:200]!r}")

    def same_answers(self, sent, count=1):
        """`sent` has `count` replies, and then the connection is in step."""
        pair = self.pair()
        for each in pair:
            each.send_pieces([sent, b"mn\r\n"])
        self.same_replies(pair, [sent] * count + [b"mn after it"])


class RandomRequests(Pair):
    def test_random_pipelines_get_the_bytes_of_a_server(self):
        draw = random.Random(harness.seed())
        pairs = [self.pair() for _ in range(CLIENTS)]
        source = Commands(draw, "key")
        for _ in range(ROUNDS):
            asked = [source.next() for _ in range(REQUESTS)] + [(b"mn\r\n", True)]
            data = b"".join(request for request, _ in asked)
            pair = draw.choice(pairs)
            for connection in pair:
                connection.send_pieces(wire.cut(data, draw, 6))
            self.same_replies(pair, [request for request, due in asked if due])


class MemcacheDifferential(Pair):
    def test_several_clients_at_once_each_get_their_own(self):
        draw = random.Random(harness.seed() + 1)
        pairs = [self.pair() for _ in range(CLIENTS)]
        for turn in range(100):
            asked = []
            for client in range(CLIENTS):
                key = f"own{client}".encode()
                asked.append([b"set %s 0 0 %d\r\n%s\r\n" % (key, len(key) + turn, key + b"." * turn),
                              b"get %s\r\n" % key, b"get nothing %s %s\r\n" % (key, key)])
            for pair, requests in zip(pairs, asked):
                for connection in pair:
                    connection.send_pieces(wire.cut(b"".join(requests), draw, 4))
            for pair, requests in zip(pairs, asked):
                self.same_replies(pair, requests)

    def test_a_request_may_be_cut_at_every_byte(self):
        data = b"set cut 5 0 4\r\na\r\nb\r\nget cut\r\nget cut no cut\r\nmg cut v k\r\n"
        pair = self.pair()
        for at in range(1, len(data)):
            for each in pair:
                each.send_pieces([data[:at], data[at:]])
            self.same_replies(pair, [b"set", b"get", b"get", b"mg"])

    def test_lines_may_end_with_a_bare_line_feed(self):
        self.same_answers(b"set lf 0 0 2\nab\r\nget lf\ndelete lf\n", 3)

    def test_spaces_before_and_after_words_are_nothing(self):
        self.same_answers(b"set spaced 0 0 1\r\nx\r\n  get   spaced   \r\nget spaced \r\n", 3)

    def test_bad_lines_get_the_words_of_memcached_and_cost_nothing_else(self):
        long = b"k" * 251
        for sent in [
            b"nosuch\r\n", b"nosuch with words\r\n", b"GET upper\r\n", b"\r\n", b"get\r\n", b"gets\r\n",
            b"gat\r\n", b"gat x key\r\n", b"set\r\n", b"set k\r\n", b"set k 0 0\r\n",
            b"incr\r\n", b"incr k\r\n", b"incr k abc\r\n", b"incr k -1\r\n",
            b"incr k 18446744073709551616\r\n", b"delete\r\n", b"delete k 0\r\n", b"delete k 10\r\n",
            b"touch k\r\n", b"touch k x\r\n", b"get " + long + b"\r\n", b"delete " + long + b"\r\n",
            b"touch " + long + b" 0\r\n", b"incr " + long + b" 1\r\n", b"mg\r\n", b"mg " + long + b"\r\n",
            b"get a " + long + b" b\r\n",
        ]:
            with self.subTest(sent[:60]):
                self.same_answers(sent)

    def test_a_refused_store_does_not_let_its_data_be_read_as_commands(self):
        for line in [
            b"set %s 0 0 10" % (b"k" * 251),
            b"set kept 99999999999999999999 0 10",
            b"set kept -1 0 10",
            b"set kept x 0 10",
            b"cas kept 0 0 10 99999999999999999999999",
            b"cas kept 0 0 10 x",
        ]:
            with self.subTest(line[:60]), wire.Connection(self.port) as client:
                client.send(b"set kept 0 0 1\r\nx\r\n" + line + b"\r\ndelete kep\r\nget kept\r\n")
                self.assertEqual(client.memcache_reply(), b"STORED\r\n")
                self.assertRegex(client.memcache_reply(), wire.MEMCACHE_ERROR)
                self.assertRegex(client.memcache_reply(), b"^(VALUE kept 0 1|END)")
                self.assertTrue(client.silent(0.05))

    def test_an_object_too_large_is_refused_in_memcached_s_words(self):
        value = b"x" * (2 << 20)
        self.same_answers(b"set large 0 0 %d\r\n%s\r\nget large\r\n" % (len(value), value), 2)

    def test_an_object_of_nearly_a_megabyte_comes_back_whole(self):
        value = random.Random(harness.seed()).randbytes((1 << 20) - 1000)
        self.same_answers(b"set large 0 0 %d\r\n%s\r\nget large\r\n" % (len(value), value), 2)

    def test_a_data_block_of_another_length_is_refused(self):
        pair = self.pair()
        for each in pair:
            each.send(b"set k 0 0 3\r\nabcdef\r\n")
        self.assertEqual(pair[0].memcache_reply(), pair[1].memcache_reply())

    def test_a_get_of_a_hundred_keys_comes_back_in_their_order(self):
        keys = [b"wide%d" % (each % 70) for each in range(100)]
        stores = b"".join(b"set %s 3 0 %d\r\n%s\r\n" % (key, len(key), key) for key in keys[:50])
        self.same_answers(stores + b"get " + b" ".join(keys) + b"\r\n", 51)


if __name__ == "__main__":
    unittest.main(verbosity=2)
