"""The same bytes to a redis-server through the proxy and to another one directly: the replies must
be the same bytes."""

import random
import unittest

import harness
import wire
from redis_commands import Commands

CLIENTS = 4
ROUNDS = 250
REQUESTS = 20  # of one client in one round, 20 000 in all

# Not compared, for the proxy means something else on purpose.
ANSWERED_HERE = "PING ECHO AUTH SELECT COMMAND HELLO CLIENT INFO"  # and QUIT
ABOUT_ONE_SERVER = "CONFIG DBSIZE FLUSHALL FLUSHDB KEYS SCAN RANDOMKEY TIME WAIT SHUTDOWN CLUSTER DEBUG"
ABOUT_THE_CONNECTION = "MULTI EXEC WATCH SUBSCRIBE MONITOR RESET BLPOP"  # which clients share


class RedisDifferential(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.behind = cls.redis()
        cls.direct = cls.redis()
        cls.port = harness.free_port()
        cls.proxy(harness.pool_yaml("one", cls.port, [cls.behind.port], redis=True), [cls.port])

    def pair(self):
        """One connection through the proxy, one to the other server."""
        pair = wire.Connection(self.port), self.direct.connect()
        for each in pair:
            self.addCleanup(each.close)
        return pair

    def same_replies(self, pair, asked):
        for index, each in enumerate(asked):
            through, straight = pair[0].reply(), pair[1].reply()
            self.assertEqual(through, straight, f"request {index} of this pipeline: {each!r}")

    def same_until_end(self, sent):
        """What comes until the server, or the proxy, hangs up."""
        pair = self.pair()
        for each in pair:
            each.send(sent)
        through, straight = pair[0].until_end(), pair[1].until_end()
        self.assertEqual(through, straight, f"{sent[:200]!r}")

    def same_answers(self, sent, count):
        pair = self.pair()
        for each in pair:
            each.send(sent)
        self.same_replies(pair, [sent] * count)
        for each in pair:
            each.send(wire.command("GET", "still-in-step"))
        self.same_replies(pair, ["GET after it"])

    def test_random_pipelines_of_several_clients_get_the_bytes_of_a_server(self):
        draw = random.Random(harness.seed())
        pairs = [self.pair() for _ in range(CLIENTS)]
        sources = [Commands(draw, f"client{each}") for each in range(CLIENTS)]
        for _ in range(ROUNDS):
            asked = [[source.next() for _ in range(REQUESTS)] for source in sources]
            for pair, commands in zip(pairs, asked):
                data = b"".join(wire.command(*each) for each in commands)
                for connection in pair:
                    connection.send_pieces(wire.cut(data, draw, 6))
            for pair, commands in zip(pairs, asked):
                self.same_replies(pair, commands)

    def test_a_request_may_be_cut_at_every_byte(self):
        data = wire.command("SET", "k", b"a\r\nb") + b"GET k\r\n" + wire.command("MGET", "k", "no", "k")
        pair = self.pair()
        for at in range(1, len(data)):
            for each in pair:
                each.send_pieces([data[:at], data[at:]])
            self.same_replies(pair, ["SET", "GET", "MGET"])

    def test_inline_commands_are_read_as_redis_reads_them(self):
        for line, count in [
            (b"SET inline value\r\n", 1),
            (b"GET inline\n", 1),
            (b"   get    inline   \r\n", 1),
            (b"\r\n\r\nGET inline\r\n", 1),
            (b'SET inline "with \\"quotes\\" \\x41\\n\\t and spaces"\r\nGET inline\r\n', 2),
            (b"SET inline 'single \\' \\n quotes'\r\nGET inline\r\n", 2),
            (b'SET inline ""\r\nGET inline\r\n', 2),
            (b"MSET a 1 b 2\r\nMGET a b nothing\r\n", 2),
            (b"NOSUCH a b\r\n", 1),
            (b"GET\r\n", 1),
        ]:
            with self.subTest(line):
                self.same_answers(line, count)

    def test_empty_arrays_and_blank_lines_are_no_requests(self):
        for line in [b"*0\r\n", b"*-1\r\n", b"\r\n", b"*-5\r\n"]:
            with self.subTest(line):
                self.same_answers(line + wire.command("GET", "k"), 1)

    # A header that no byte can make right is refused before redis has counted it:
    # odd_requests_test.cc, are_refused_at_the_byte_that_makes_them_wrong.
    def test_what_cannot_be_understood_gets_the_words_of_redis_and_an_end(self):
        for sent in [
            b"*1\r\n$-1\r\nGET\r\n",
            b"*1\r\nGET\r\n",
            b"*x\r\n",
            b"*2147483648\r\n$3\r\nGET\r\n",
            b"*99999999999999999999\r\n",
            b"*2\r\n$3\r\nGET\r\n$536870913\r\n",
            b"*2\r\n$3\r\nGET\r\n$ten\r\n",
            b"*2\r\n$3\r\nGET\r\n:1\r\n",
            b'SET a "unbalanced\r\n',
            b"SET a 'b'c\r\n",
            b"x" * 70000,
        ]:
            with self.subTest(sent[:50]):
                self.same_until_end(sent)

    def test_earlier_replies_come_before_the_words_about_what_cannot_be_understood(self):
        good = wire.command("SET", "before", "1") + wire.command("GET", "before")
        self.same_until_end(good * 50 + b"*1\r\n$x\r\n")

    def test_errors_of_arity_and_name_are_redis_own(self):
        for asked in [
            ["GET"], ["GET", "a", "b"], ["SET", "a"], ["MSET", "a", "1", "b"], ["MSET"], ["MGET"],
            ["DEL"], ["EXISTS"], ["nosuch"], ["NoSuch", "with", "arguments"],
            ["nosuch", "x" * 200, "y"], ["nosuch", "line\r\nbreak"], ["x" * 300], [""],
            ["nosuch", *["a"] * 200], ["HSET", "h", "f"], ["ZADD", "z"], ["EVAL", "return 1"],
            ["EXPIRE", "k"], ["hset", "h", "f", "v", "g"],
        ]:
            with self.subTest(asked):
                self.same_answers(wire.command(*asked), 1)

    def test_errors_of_a_number_of_keys_are_redis_own(self):
        for asked in [
            ["ZUNION", "0", "a"], ["ZUNION", "-1", "a"], ["ZUNION", "x", "a"], ["ZUNION", "2", "a"],
            ["ZINTER", "0", "a"], ["ZDIFF", "3", "a", "b"],
            ["ZUNIONSTORE", "d", "0", "a"], ["ZINTERSTORE", "d", "2", "a"], ["ZDIFFSTORE", "d", "x", "a"],
            ["ZINTERCARD", "0", "a"], ["ZINTERCARD", "5", "a"], ["ZINTERCARD", "x", "a"],
            ["SINTERCARD", "0", "a"], ["SINTERCARD", "5", "a"], ["SINTERCARD", "x", "a"],
            ["EVAL", "s", "-1"], ["EVAL", "s", "5", "a"], ["EVAL", "s", "x"], ["EVALSHA", "f" * 40, "2", "a"],
            ["LMPOP", "0", "a", "LEFT"], ["LMPOP", "2", "a", "LEFT"], ["LMPOP", "x", "a", "LEFT"],
            ["ZMPOP", "0", "a", "MIN"], ["ZMPOP", "2", "a", "MIN"],
        ]:
            with self.subTest(asked):
                self.same_answers(wire.command(*asked), 1)

    def test_what_is_not_compared_gets_one_reply_and_leaves_the_connection_in_step(self):
        with wire.Connection(self.port) as client:
            for name in ANSWERED_HERE.split():
                client.ask(name, "0")
                self.assertEqual(client.ask("PING"), b"+PONG\r\n", name)
            for name in f"{ABOUT_ONE_SERVER} {ABOUT_THE_CONNECTION}".split():
                self.assertTrue(wire.redis_error(client.ask(name, "a", "0")), name)
                self.assertEqual(client.ask("PING"), b"+PONG\r\n", name)

    def test_a_value_of_eight_megabytes_comes_back_whole(self):
        value = random.Random(harness.seed()).randbytes(8 << 20)
        pair = self.pair()
        for each in pair:
            each.send_pieces([wire.command("SET", "big", value) + wire.command("GET", "big") * 2])
        self.same_replies(pair, ["SET", "GET", "GET"])

    def test_mget_of_a_thousand_keys_comes_back_in_their_order(self):
        keys = [f"wide:{each % 700}" for each in range(1000)]
        pair = self.pair()
        data = wire.command("MSET", *[part for key in keys for part in (key, key)])
        for each in pair:
            each.send_pieces([data + wire.command("MGET", *keys) + wire.command("DEL", *keys)])
        self.same_replies(pair, ["MSET", "MGET", "DEL"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
