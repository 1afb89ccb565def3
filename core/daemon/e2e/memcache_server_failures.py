"""A memcached that refuses, resets, hangs, lies: what its clients are told, and that nobody else
notices. P1 to P9 are the invariants of core/DESIGN.md."""

import time
import unittest

import harness
import wire
from fake_backend import ends_soon, memcache_backend

TIMEOUT = 0.4  # seconds
GET_A, VALUE_A = b"get a\r\n", b"VALUE a 0 5\r\nfor a\r\nEND\r\n"
GET_B, VALUE_B = b"get b\r\n", b"VALUE b 0 5\r\nfor b\r\nEND\r\n"


class OneServer(harness.TestCase):
    def setUp(self):
        self.backend = memcache_backend()
        self.addCleanup(self.backend.stop)
        self.port = harness.free_port()
        yaml = harness.pool_yaml("one", self.port, [self.backend.port], timeout=int(TIMEOUT * 1000))
        self.proxy(yaml, [self.port], until=self.addCleanup)

    def client(self):
        client = wire.Connection(self.port)
        self.addCleanup(client.close)
        return client

    def known_client(self):
        """One that may ask for much at once: a newcomer waits for its first replies to be small."""
        client = self.client()
        client.send(GET_A)
        self.backend.answer(VALUE_A)
        client.memcache_reply()
        return client

    def is_error(self, reply, *words):
        self.assertRegex(reply, wire.MEMCACHE_ERROR)
        for word in words:
            self.assertIn(word, reply)

    def is_served(self, client):
        client.send(GET_B)
        self.assertEqual(self.backend.answer(VALUE_B)[1], GET_B)
        self.assertEqual(client.memcache_reply(), VALUE_B)
        self.assertTrue(client.silent(0.02))

    def closes_on(self, request, response):
        """P7, as in redis_server_failures.py."""
        first, second = self.client(), self.client()
        first.send(request)
        server, _ = self.backend.request()
        second.send(GET_B)
        self.backend.request()
        server.send(response)
        self.is_error(first.memcache_reply())
        self.is_error(second.memcache_reply())
        self.assertTrue(ends_soon(server))
        self.is_served(first)
        self.is_served(second)


class Losing(OneServer):
    def test_a_refused_connection_is_told_and_the_client_stays(self):
        self.backend.refuse()
        client = self.client()
        self.is_error(client.memcache(GET_A), b"SERVER_ERROR", b"onnection refused")
        self.is_error(client.memcache(b"get a b c\r\n"), b"SERVER_ERROR")
        self.is_error(client.memcache(b"set a 0 0 3\r\nget\r\n"), b"SERVER_ERROR")
        self.backend.listen()
        self.is_served(client)

    def test_noreply_requests_to_a_refused_connection_say_nothing(self):
        self.backend.refuse()
        client = self.client()
        client.send(b"set a 0 0 1 noreply\r\nx\r\ndelete a noreply\r\n" + GET_A)
        self.is_error(client.memcache_reply())
        self.assertTrue(client.silent(0.05))

    def test_a_reset_is_told_to_each_that_waits_once(self):
        client = self.known_client()
        client.send(GET_A * 3)
        server, _ = self.backend.requests(3)
        server.reset()
        for _ in range(3):
            self.is_error(client.memcache_reply(), b"SERVER_ERROR")
        self.is_served(client)

    def test_a_lost_server_answers_a_get_of_many_keys_once(self):
        client = self.client()
        client.send(b"get a b c\r\n" + GET_B)
        self.backend.requests(2)[0].reset()
        self.is_error(client.memcache_reply())
        self.is_error(client.memcache_reply())
        self.is_served(client)

    def test_part_of_a_reply_is_never_seen(self):
        for part in [b"VALUE a 0 5\r\nfo", b"VALUE a 0 5\r\nfor a\r\n", b"VALUE a 0 5\r\nfor a\r\nEN", b"VAL", b"STOR"]:
            with self.subTest(part):
                client = self.client()
                client.send(GET_A)
                server, _ = self.backend.request()
                server.send(part)
                time.sleep(0.02)
                server.close()
                self.is_error(client.memcache_reply())
                self.is_served(client)

    def test_a_late_response_reaches_nobody(self):
        first, second = self.client(), self.client()
        first.send(GET_A)
        server, _ = self.backend.request()
        self.is_error(first.memcache_reply(), b"timed out")
        second.send(GET_B)
        other, _ = self.backend.request()
        try:
            server.send(VALUE_A)
        except OSError:
            self.assertIsNot(server, other)
        other.send(VALUE_B)
        self.assertEqual(second.memcache_reply(), VALUE_B)
        self.assertTrue(first.silent(0.05))


class Lying(OneServer):
    def test_the_value_of_another_key_ends_the_connection(self):
        for request, response in [
            (GET_A, b"VALUE secret 0 6\r\nS3CRET\r\nEND\r\n"),
            (GET_A, b"VALUE aa 0 1\r\nx\r\nEND\r\n"),
            (GET_A, VALUE_A[:-5] + b"VALUE b 0 1\r\nx\r\nEND\r\n"),
            (b"get a b\r\n", b"VALUE b 0 1\r\nx\r\nVALUE a 0 1\r\ny\r\nEND\r\n"),
            (b"gets a\r\n", b"VALUE c 0 1 7\r\nx\r\nEND\r\n"),
            (b"mg a k v\r\n", b"VA 1 kb\r\nx\r\n"),
        ]:
            with self.subTest(request + response):
                self.closes_on(request, response)

    def test_another_opaque_ends_the_connection(self):
        for request, response in [
            (b"mg a v Oone\r\n", b"VA 1 Otwo\r\nx\r\n"),
            (b"mg a v Oone\r\n", b"VA 1\r\nx\r\n"),
            (b"ms a 1 O1\r\nx\r\n", b"HD O11\r\n"),
            (b"md a O7\r\n", b"HD O8\r\n"),
            (b"ma a O7\r\n", b"HD\r\n"),
        ]:
            with self.subTest(request + response):
                self.closes_on(request, response)

    def test_a_response_of_another_type_ends_the_connection(self):
        for request, response in [
            (GET_A, b"STORED\r\n"),
            (GET_A, b"42\r\n"),
            (GET_A, b"HD\r\n"),
            (b"set a 0 0 1\r\nx\r\n", b"END\r\n"),
            (b"set a 0 0 1\r\nx\r\n", b"DELETED\r\n"),
            (b"incr a 1\r\n", b"STORED\r\n"),
            (b"delete a\r\n", b"TOUCHED\r\n"),
            (b"mg a v\r\n", b"END\r\n"),
        ]:
            with self.subTest(request + response):
                self.closes_on(request, response)

    def test_an_error_that_may_leave_a_data_block_unread_ends_the_connection(self):
        """A server that did not understand the line would read the block as commands."""
        self.closes_on(b"set a 0 0 1\r\nx\r\n", b"ERROR\r\n")

    def test_nonsense_ends_the_connection(self):
        for nonsense in [b"hello\r\n", b"-ERR not redis\r\n", b"\r\n", b"VALUE a\r\n", b"VALUE a 0 x\r\n",
                         b"VALUE a 0 1\r\nabc\r\nEND\r\n", b"VALUE a 0 99999999999999999999\r\n"]:
            with self.subTest(nonsense):
                self.closes_on(GET_A, nonsense)

    def test_a_surplus_response_goes_to_nobody(self):
        first, second = self.client(), self.client()
        first.send(GET_A)
        server, _ = self.backend.request()
        server.send(VALUE_A + b"VALUE b 0 6\r\nS3CRET\r\nEND\r\n")
        self.assertEqual(first.memcache_reply(), VALUE_A)
        self.assertTrue(ends_soon(server))
        self.is_served(second)
        self.assertTrue(first.silent(0.02))

    def test_a_reply_to_a_noreply_request_goes_to_nobody(self):
        """memcached does answer some noreply requests that it refuses."""
        client = self.client()
        client.send(b"set a 0 0 1 noreply\r\nx\r\n")
        server, _ = self.backend.request()
        server.send(b"SERVER_ERROR out of memory storing object\r\n")
        wire.wait_until(lambda: self.is_quietly_served(), 5, "service after it")
        self.assertTrue(client.silent(0.05))

    def is_quietly_served(self):
        with wire.Connection(self.port) as client:
            client.send(GET_B)
            try:
                self.backend.answer(VALUE_B)
            except (OSError, wire.Closed):
                return False
            return client.memcache_reply() == VALUE_B


class Passing(OneServer):
    def test_a_server_s_own_errors_reach_their_client_and_close_nothing(self):
        client = self.known_client()
        server = None
        for error in [
            b"SERVER_ERROR out of memory storing object\r\n",
            b"SERVER_ERROR object too large for cache\r\n",
            b"CLIENT_ERROR cannot increment or decrement non-numeric value\r\n",
            b"ERROR\r\n",
        ]:
            with self.subTest(error):
                middle = b"touch a 0\r\n" if error == b"ERROR\r\n" else b"set a 0 0 1\r\nx\r\n"
                client.send(GET_A + middle + GET_A)
                on, _ = self.backend.requests(3)
                on.send(VALUE_A + error + VALUE_A)
                self.assertEqual([client.memcache_reply() for _ in range(3)], [VALUE_A, error, VALUE_A])
                self.assertIs(on, server or on, "another connection")
                server = on

    def test_a_response_may_come_in_any_pieces(self):
        client = self.client()
        client.send(b"get a b a\r\n")
        server, _ = self.backend.request()
        reply = b"VALUE a 1 4\r\na\r\nb\r\nVALUE b 2 0\r\n\r\nVALUE a 1 4\r\na\r\nb\r\nEND\r\n"
        for at in range(len(reply)):
            server.send(reply[at : at + 1])
            time.sleep(0.001)
        self.assertEqual(client.memcache_reply(), reply)

    def test_missing_keys_are_left_out_of_a_get_of_many(self):
        for response in [b"END\r\n", b"VALUE b 0 1\r\nx\r\nEND\r\n", b"VALUE a 0 1\r\nx\r\nVALUE c 0 1\r\ny\r\nEND\r\n"]:
            with self.subTest(response):
                client = self.client()
                client.send(b"get a b c\r\n")
                self.backend.answer(response)
                self.assertEqual(client.memcache_reply(), response)


if __name__ == "__main__":
    unittest.main(verbosity=2)
