"""A redis server that refuses, resets, hangs, lies: what its clients are told, and that nobody else
notices. P1 to P9 are the invariants of core/DESIGN.md."""

import time
import unittest

import harness
import wire
from fake_backend import ends_soon, redis_backend

TIMEOUT = 0.4  # seconds; the pool's, after which a client is told
GET_A = wire.command("GET", "a")
GET_B = wire.command("GET", "b")
VALUE_A = b"$5\r\nfor a\r\n"
VALUE_B = b"$5\r\nfor b\r\n"


class OneServer(harness.TestCase):
    def setUp(self):
        self.backend = redis_backend()
        self.addCleanup(self.backend.stop)
        self.port = harness.free_port()
        yaml = harness.pool_yaml("one", self.port, [self.backend.port], redis=True, timeout=int(TIMEOUT * 1000))
        self.running = self.proxy(yaml, [self.port], until=self.addCleanup)

    def client(self):
        client = wire.Connection(self.port)
        self.addCleanup(client.close)
        return client

    def known_client(self):
        """One that may ask for much at once: a newcomer waits for its first replies to be small."""
        client = self.client()
        client.send(GET_A)
        self.backend.answer(VALUE_A)
        client.reply()
        return client

    def is_error(self, reply, *words):
        self.assertTrue(wire.redis_error(reply), reply)
        for word in words:
            self.assertIn(word, reply)

    def is_served(self, client):
        """The client is still there, and so is the server, perhaps over a new connection (P6)."""
        client.send(GET_B)
        self.assertEqual(self.backend.answer(VALUE_B)[1], GET_B)
        self.assertEqual(client.reply(), VALUE_B)
        self.assertTrue(client.silent(0.02))

    def closes_on(self, request, response, *, because=""):
        """P7: `response` cannot be right: its client gets an error, the connection is closed, and a
        second client, whose request was already on it, gets an error and nothing of it."""
        first, second = self.client(), self.client()
        first.send(request)
        server, _ = self.backend.request()
        second.send(GET_B)
        self.backend.request()
        server.send(response)
        self.is_error(first.reply())
        self.is_error(second.reply())
        self.assertTrue(ends_soon(server), because)
        self.is_served(first)
        self.is_served(second)


class Connecting(OneServer):
    def test_a_refused_connection_is_told_and_the_client_stays(self):
        self.backend.refuse()
        client = self.client()
        self.is_error(client.ask("GET", "a"), b"onnection refused")
        self.assertEqual(client.ask("PING"), b"+PONG\r\n")
        self.backend.listen()
        self.is_served(client)

    def test_every_request_of_a_pipeline_is_told_of_the_refused_connection(self):
        self.backend.refuse()
        client = self.client()
        client.send(GET_A * 20 + wire.command("PING"))
        for _ in range(20):
            self.is_error(client.reply())
        self.assertEqual(client.reply(), b"+PONG\r\n")

    def test_an_mget_of_a_refused_connection_does_not_close_the_client(self):
        self.backend.refuse()
        client = self.client()
        self.is_error(client.ask("MGET", "a", "b", "c"))
        self.assertEqual(client.ask("PING"), b"+PONG\r\n")


class Losing(OneServer):
    def test_a_reset_is_told_to_each_that_waits_once(self):
        client = self.known_client()
        client.send(GET_A * 3)
        server, _ = self.backend.requests(3)
        server.reset()
        for _ in range(3):
            self.is_error(client.reply())
        self.is_served(client)

    def test_a_close_is_told_to_each_that_waits_once(self):
        client = self.known_client()
        client.send(GET_A * 3)
        server, _ = self.backend.requests(3)
        server.close()
        for _ in range(3):
            self.is_error(client.reply())
        self.is_served(client)

    def test_what_was_answered_before_the_end_is_delivered(self):
        client = self.known_client()
        client.send(GET_A * 3)
        server, _ = self.backend.requests(3)
        server.send(VALUE_A + VALUE_A)
        server.close()
        self.assertEqual(client.reply(), VALUE_A)
        self.assertEqual(client.reply(), VALUE_A)
        self.is_error(client.reply())
        self.is_served(client)

    def test_part_of_a_reply_is_never_seen(self):
        for part in [b"$5\r\nfo", b"$5\r\nfor a", b"$5\r\nfor a\r", b"$5", b"*2\r\n$1\r\nx\r\n"]:
            with self.subTest(part):
                client = self.client()
                client.send(GET_A)
                server, _ = self.backend.request()
                server.send(part)
                time.sleep(0.02)
                server.close()
                self.is_error(client.reply())
                self.is_served(client)

    def test_a_request_that_was_written_is_not_sent_again(self):
        client = self.client()
        client.send(wire.command("INCR", "n"))
        server, request = self.backend.request()
        server.reset()
        self.is_error(client.reply())
        with self.assertRaises(TimeoutError):
            self.backend.request(seconds=0.1)
        self.is_served(client)

    def test_a_server_may_close_an_idle_connection(self):
        client = self.client()
        self.is_served(client)
        self.backend.connections[0].close()
        time.sleep(0.05)
        self.is_served(client)

    def test_a_lost_server_answers_an_mget_once(self):
        client = self.client()
        client.send(wire.command("MGET", "a", "b") + wire.command("PING"))
        server, _ = self.backend.request()
        server.reset()
        self.is_error(client.reply())
        self.assertEqual(client.reply(), b"+PONG\r\n")


class Hanging(OneServer):
    def test_a_time_out_is_told_in_time(self):
        client = self.client()
        began = time.monotonic()
        client.send(GET_A)
        self.backend.request()
        self.is_error(client.reply(), b"timed out")
        self.assertGreaterEqual(time.monotonic() - began, TIMEOUT * 0.9)
        self.assertLess(time.monotonic() - began, TIMEOUT + 2)

    def test_a_late_response_reaches_nobody(self):
        first, second = self.client(), self.client()
        first.send(GET_A)
        server, _ = self.backend.request()
        self.is_error(first.reply(), b"timed out")
        second.send(GET_B)
        other, request = self.backend.request()
        self.assertEqual(request, GET_B)
        try:
            server.send(b"$4\r\nlate\r\n")
        except OSError:
            self.assertIsNot(server, other)
        other.send(VALUE_B)
        self.assertEqual(second.reply(), VALUE_B)
        self.assertTrue(first.silent(0.05))
        self.is_served(first)

    def test_the_time_out_of_one_client_is_not_that_of_a_later_one(self):
        first, second = self.client(), self.client()
        first.send(GET_A)
        server, _ = self.backend.request()
        time.sleep(TIMEOUT * 0.6)
        second.send(GET_B)
        self.assertEqual(self.backend.request(), (server, GET_B))
        self.is_error(first.reply(), b"timed out")
        server.send(VALUE_A + VALUE_B)
        self.assertEqual(second.reply(), VALUE_B)

    def test_a_server_that_stays_silent_is_left_for_a_new_connection(self):
        client = self.client()
        client.send(GET_A)
        server, _ = self.backend.request()
        self.is_error(client.reply(), b"timed out")
        self.assertTrue(ends_soon(server, seconds=TIMEOUT * 5))
        self.is_served(client)

    def test_half_a_response_and_then_silence_is_a_time_out(self):
        client = self.client()
        client.send(GET_A)
        server, _ = self.backend.request()
        server.send(b"$5\r\nfo")
        self.is_error(client.reply(), b"timed out")
        second = self.client()
        second.send(GET_B)
        other, _ = self.backend.request()
        if other is server:
            server.send(b"r a\r\n")
        other.send(VALUE_B)
        self.assertEqual(second.reply(), VALUE_B)
        self.assertTrue(client.silent(0.05))


class Lying(OneServer):
    def test_nonsense_ends_the_connection(self):
        for nonsense in [b"hello\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\r\n", b"\0\0\0\0\r\n", b"$x\r\n"]:
            with self.subTest(nonsense):
                self.closes_on(GET_A, nonsense)

    def test_impossible_lengths_end_the_connection(self):
        for lengths in [b"$-2\r\n", b"*-2\r\n", b"$99999999999999999999\r\n", b"*99999999999999999999\r\n", b"$1\r\nabc\r\n"]:
            with self.subTest(lengths):
                self.closes_on(GET_A, lengths)

    def test_endless_nesting_ends_the_connection(self):
        self.closes_on(wire.command("LRANGE", "a", "0", "-1"), b"*1\r\n" * 1000)

    def test_a_response_of_another_type_ends_the_connection(self):
        for request, response in [
            (GET_A, b":1\r\n"),
            (GET_A, b"*1\r\n$1\r\nx\r\n"),
            (wire.command("LLEN", "a"), b"$1\r\nx\r\n"),
            (wire.command("INCR", "a"), b"+OK\r\n"),
            (wire.command("SET", "a", "1"), b":1\r\n"),
            (wire.command("LRANGE", "a", "0", "-1"), b"$1\r\nx\r\n"),
            (wire.command("HGETALL", "a"), b":0\r\n"),
            (wire.command("DEL", "a"), b"+OK\r\n"),
        ]:
            with self.subTest(request):
                self.closes_on(request, response)

    def test_an_mget_of_another_length_ends_the_connection(self):
        for response in [b"*1\r\n$1\r\nx\r\n", b"*3\r\n$1\r\nx\r\n$-1\r\n$-1\r\n", b"*0\r\n"]:
            with self.subTest(response):
                self.closes_on(wire.command("MGET", "a", "b"), response)

    def test_a_surplus_response_goes_to_nobody(self):
        first, second = self.client(), self.client()
        first.send(GET_A)
        server, _ = self.backend.request()
        server.send(VALUE_A + b"$6\r\nsecret\r\n")
        self.assertEqual(first.reply(), VALUE_A)
        self.assertTrue(ends_soon(server))
        self.is_served(second)
        self.assertTrue(first.silent(0.02))

    def test_a_response_that_nobody_asked_for_goes_to_nobody(self):
        client = self.client()
        self.is_served(client)
        server = self.backend.connections[0]
        server.send(b"$6\r\nsecret\r\n")
        self.assertTrue(ends_soon(server))
        self.is_served(client)

    def test_doubtful_responses_are_counted_as_errors_of_the_server(self):
        client = self.client()
        client.send(GET_A)
        server, _ = self.backend.request()
        server.send(b":1\r\n")
        self.is_error(client.reply())
        name = f"127.0.0.1:{self.backend.port}"
        wire.wait_until(lambda: self.running.stats()["one"][name]["server_err"] == 1, 5, "the count")


class Passing(OneServer):
    def test_a_server_s_own_errors_reach_their_client_and_close_nothing(self):
        client = self.known_client()
        server = None
        for error in [
            b"-OOM command not allowed when used memory > 'maxmemory'.\r\n",
            b"-LOADING Redis is loading the dataset in memory\r\n",
            b"-BUSY Redis is busy running a script.\r\n",
            b"-READONLY You can't write against a read only replica.\r\n",
            b"-MISCONF Redis is configured to save RDB snapshots\r\n",
            b"-NOAUTH Authentication required.\r\n",
            b"-MOVED 3999 127.0.0.1:6381\r\n",
            b"-ERR\r\n",
            b"-x\r\n",
        ]:
            with self.subTest(error):
                client.send(GET_A + wire.command("SET", "a", "1") + GET_A)
                on, _ = self.backend.requests(3)
                on.send(VALUE_A + error + VALUE_A)
                self.assertEqual([client.reply() for _ in range(3)], [VALUE_A, error, VALUE_A])
                self.assertIs(on, server or on, "another connection")
                server = on

    def test_an_error_in_part_of_an_array_is_passed_on(self):
        client = self.client()
        client.send(wire.command("EVAL", "return 1", "1", "a"))
        reply = b"*2\r\n-ERR inner\r\n*1\r\n:1\r\n"
        self.backend.answer(reply)
        self.assertEqual(client.reply(), reply)

    def test_a_response_may_come_in_any_pieces(self):
        client = self.client()
        reply = b"*3\r\n$5\r\na\r\nbc\r\n$-1\r\n$0\r\n\r\n"
        client.send(wire.command("MGET", "a", "b", "c"))
        server, _ = self.backend.request()
        for at in range(len(reply)):
            server.send(reply[at : at + 1])
            time.sleep(0.001)
        self.assertEqual(client.reply(), reply)

    def test_a_server_may_answer_before_it_has_the_whole_request(self):
        """As redis does when it refuses a request by its header; then it closes."""
        client = self.client()
        client.send_pieces([wire.command("SET", "a", b"x" * 1000000)])
        wire.readable_soon([self.backend.listener], 5)
        accepted = wire.Connection(over=self.backend.listener.accept()[0])
        accepted.bytes(1000)
        accepted.send(b"-ERR early\r\n")
        accepted.close()
        self.is_error(client.reply())
        self.is_served(client)


class Greeting(harness.TestCase):
    """AUTH and SELECT come before anything else on a new connection, and must be accepted."""

    def setUp(self):
        self.backend = redis_backend()
        self.addCleanup(self.backend.stop)
        self.port = harness.free_port()
        yaml = harness.pool_yaml("one", self.port, [self.backend.port], redis=True, timeout=500,
                                 redis_auth="secret", redis_db=3)
        self.proxy(yaml, [self.port], until=self.addCleanup)
        self.client = wire.Connection(self.port)
        self.addCleanup(self.client.close)
        self.assertTrue(wire.redis_error(self.client.ask("GET", "a")))
        self.assertEqual(self.client.ask("AUTH", "secret"), b"+OK\r\n")

    def test_a_request_waits_until_both_are_accepted(self):
        self.client.send(GET_A)
        self.assertEqual(self.backend.answer(b"+OK\r\n")[1].lower(), wire.command("auth", "secret").lower())
        self.assertEqual(self.backend.answer(b"+OK\r\n")[1].lower(), wire.command("select", "3").lower())
        self.assertEqual(self.backend.answer(VALUE_A)[1], GET_A)
        self.assertEqual(self.client.reply(), VALUE_A)

    def test_a_refused_password_fails_the_request_and_nothing_is_sent(self):
        self.client.send(GET_A)
        server, _ = self.backend.answer(b"-WRONGPASS invalid username-password pair\r\n")
        self.assertTrue(wire.redis_error(self.client.reply()))
        self.assertTrue(ends_soon(server))
        self.assertNotIn(GET_A, bytes(server.pending))
        self.assertEqual(self.client.ask("PING"), b"+PONG\r\n")

    def test_a_refused_database_fails_the_request_and_nothing_is_sent(self):
        self.client.send(GET_A)
        self.backend.answer(b"+OK\r\n")
        server, _ = self.backend.answer(b"-ERR DB index is out of range\r\n")
        self.assertTrue(wire.redis_error(self.client.reply()))
        self.assertTrue(ends_soon(server))
        self.assertNotIn(GET_A, bytes(server.pending))


class TwoServers(harness.TestCase):
    def setUp(self):
        self.backends = [redis_backend(), redis_backend()]
        for each in self.backends:
            self.addCleanup(each.stop)
        self.port = harness.free_port()
        yaml = harness.pool_yaml("two", self.port, [each.port for each in self.backends], redis=True,
                                 distribution="modula", hash="crc32a", timeout=int(TIMEOUT * 1000))
        self.proxy(yaml, [self.port], until=self.addCleanup)
        self.client = wire.Connection(self.port)
        self.addCleanup(self.client.close)
        self.keys = [self.key_of(each) for each in self.backends]

    def key_of(self, backend):
        """A key whose place is `backend`: asks until one gets there."""
        with wire.Connection(self.port) as client:
            for at in range(50):
                client.send(wire.command("GET", f"key{at}"))
                ready = wire.readable_soon(
                    [socket for each in self.backends
                     for socket in (each.listener, *[one.socket for one in each.connections])], 5)
                there = next(each for each in self.backends
                             if each.listener in ready or any(one.socket in ready for one in each.connections))
                there.answer(b"$-1\r\n")
                client.reply()
                if there is backend:
                    return f"key{at}"
        raise AssertionError("no key has its place there")

    def test_a_split_request_with_one_lost_part_gets_one_error(self):
        for name in ("MGET", "DEL", "EXISTS"):
            with self.subTest(name):
                self.client.send(wire.command(name, *self.keys) + wire.command("PING"))
                good, lost = self.backends
                good.answer(b"*1\r\n$1\r\nx\r\n" if name == "MGET" else b":1\r\n")
                lost.request()[0].reset()
                self.assertTrue(wire.redis_error(self.client.reply()))
                self.assertEqual(self.client.reply(), b"+PONG\r\n")
                self.assertTrue(self.client.silent(0.05))

    def test_a_split_request_with_one_error_gets_that_error(self):
        self.client.send(wire.command("MSET", self.keys[0], "x", self.keys[1], "y"))
        self.backends[0].answer(b"+OK\r\n")
        self.backends[1].answer(b"-OOM command not allowed\r\n")
        reply = self.client.reply()
        self.assertTrue(wire.redis_error(reply))
        self.assertIn(b"OOM", reply)

    def test_a_hanging_server_does_not_delay_those_who_ask_the_other(self):
        hanging, other = self.backends
        self.client.send(wire.command("GET", self.keys[0]))
        hanging.request()
        with wire.Connection(self.port) as second:
            began = time.monotonic()
            second.send(wire.command("GET", self.keys[1]))
            other.answer(VALUE_B)
            self.assertEqual(second.reply(), VALUE_B)
            self.assertLess(time.monotonic() - began, TIMEOUT / 2)
        self.assertTrue(wire.redis_error(self.client.reply()))

    def test_a_later_answer_waits_for_the_earlier_one_of_another_server(self):
        slow, fast = self.backends
        self.client.send(wire.command("GET", self.keys[0]) + wire.command("GET", self.keys[1]))
        fast.answer(VALUE_B)
        self.assertTrue(self.client.silent(0.05))
        slow.answer(VALUE_A)
        self.assertEqual(self.client.reply(), VALUE_A)
        self.assertEqual(self.client.reply(), VALUE_B)

    def test_a_late_part_of_a_split_request_reaches_nobody(self):
        self.client.send(wire.command("MGET", *self.keys))
        self.backends[0].answer(b"*1\r\n$1\r\nx\r\n")
        server, _ = self.backends[1].request()
        self.assertTrue(wire.redis_error(self.client.reply()))
        self.client.send(wire.command("MGET", *self.keys))
        self.backends[0].answer(b"*1\r\n$1\r\nx\r\n")
        again, _ = self.backends[1].request()
        try:
            server.send(b"*1\r\n$4\r\nlate\r\n")
        except OSError:
            self.assertIsNot(server, again)
        again.send(b"*1\r\n$1\r\ny\r\n")
        self.assertEqual(self.client.reply(), b"*2\r\n$1\r\nx\r\n$1\r\ny\r\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
