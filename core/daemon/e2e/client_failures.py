"""Clients that reset, half-close, send garbage, never read: they get what is theirs, and others do
not notice. P1 to P11 are the invariants of core/DESIGN.md."""

import random
import socket
import time
import unittest

import harness
import wire
from fake_backend import memcache_backend, redis_backend


class BeforeAFakeServer(harness.TestCase):
    """The test decides when the server answers."""

    def setUp(self):
        self.backend = redis_backend()
        self.addCleanup(self.backend.stop)
        self.port = harness.free_port()
        yaml = harness.pool_yaml("one", self.port, [self.backend.port], redis=True, timeout=5000)
        self.running = self.proxy(yaml, [self.port], until=self.addCleanup)

    def client(self):
        client = wire.Connection(self.port)
        self.addCleanup(client.close)
        return client

    def known_client(self):
        """One that may ask for much at once: a newcomer waits for its first replies to be small."""
        client = self.client()
        client.send(wire.command("GET", "first"))
        self.backend.answer(b"$1\r\n1\r\n")
        client.reply()
        return client

    def test_the_response_of_a_client_that_reset_reaches_no_other(self):
        for _ in range(10):
            gone, next_one = self.known_client(), self.client()
            gone.send(wire.command("GET", "secret") * 3)
            server, _ = self.backend.requests(3)
            gone.reset()
            time.sleep(0.01)
            newcomer = self.client()  # likely to get what the proxy remembered the first one by
            newcomer.send(wire.command("GET", "b"))
            next_one.send(wire.command("GET", "c"))
            waiting = {}
            for _ in range(2):
                on, request = self.backend.request()
                self.assertIs(on, server)
                waiting[request] = len(waiting)
            replies = [b"$1\r\nb\r\n", b"$1\r\nc\r\n"]
            if waiting[wire.command("GET", "c")] == 0:
                replies.reverse()
            server.send(b"$6\r\nS3CRET\r\n" * 3 + b"".join(replies))
            self.assertEqual(newcomer.reply(), b"$1\r\nb\r\n")
            self.assertEqual(next_one.reply(), b"$1\r\nc\r\n")

    def test_a_half_closed_client_gets_every_reply_and_then_the_end(self):
        client = self.known_client()
        client.send(wire.command("GET", "a") * 5)
        client.half_close()
        server, _ = self.backend.requests(5)
        time.sleep(0.05)
        server.send(b"".join(b"$1\r\n%d\r\n" % at for at in range(5)))
        self.assertEqual(client.until_end(), b"".join(b"$1\r\n%d\r\n" % at for at in range(5)))

    def test_half_a_request_before_the_end_costs_no_earlier_reply(self):
        client = self.client()
        client.send(wire.command("GET", "a") + b"*2\r\n$3\r\nGET\r\n$10\r\nhal")
        client.half_close()
        self.backend.answer(b"$1\r\nx\r\n")
        self.assertEqual(client.until_end(), b"$1\r\nx\r\n")

    def test_quit_comes_after_every_earlier_reply(self):
        client = self.known_client()
        client.send(wire.command("GET", "a") * 3 + wire.command("QUIT") + wire.command("SET", "a", "1"))
        server, _ = self.backend.requests(3)
        self.assertTrue(client.silent(0.05))
        server.send(b"$1\r\nx\r\n" * 3)
        self.assertEqual(client.until_end(), b"$1\r\nx\r\n" * 3 + b"+OK\r\n")
        with self.assertRaises(TimeoutError):
            self.backend.request(seconds=0.1)

    def test_a_protocol_error_comes_after_every_earlier_reply(self):
        client = self.known_client()
        client.send(wire.command("GET", "a") * 3 + b"*1\r\n$nonsense\r\n")
        server, _ = self.backend.requests(3)
        server.send(b"$1\r\nx\r\n" * 3)
        came = client.until_end()
        self.assertTrue(came.startswith(b"$1\r\nx\r\n" * 3 + b"-ERR Protocol error"), came)

    def test_commands_that_are_refused_stay_in_their_place(self):
        client = self.known_client()
        client.send(wire.command("GET", "a") + wire.command("NOSUCH", "b") + wire.command("GET", "a")
                    + wire.command("GET") + wire.command("SUBSCRIBE", "x") + wire.command("GET", "a"))
        server, requests = self.backend.requests(3)
        self.assertEqual(requests, [wire.command("GET", "a")] * 3)
        server.send(b"$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n")
        replies = [client.reply() for _ in range(6)]
        self.assertEqual([replies[at] for at in (0, 2, 5)], [b"$1\r\n1\r\n", b"$1\r\n2\r\n", b"$1\r\n3\r\n"])
        for at in (1, 3, 4):
            self.assertTrue(wire.redis_error(replies[at]), replies[at])
        self.assertTrue(client.silent(0.02))

    def test_a_client_that_left_a_request_behind_does_not_take_the_server_with_it(self):
        leaver, stayer = self.client(), self.client()
        leaver.send(wire.command("SET", "a", b"x" * 100000)[:-2000])
        leaver.close()
        stayer.send(wire.command("GET", "b"))
        self.assertEqual(self.backend.answer(b"$1\r\nb\r\n")[1], wire.command("GET", "b"))
        self.assertEqual(stayer.reply(), b"$1\r\nb\r\n")

    def test_when_all_are_gone_nothing_is_left(self):
        """P11, as far as statistics tell."""
        clients = [self.known_client() for _ in range(20)]
        for each in clients:
            each.send(wire.command("GET", "a") * 5)
        server, _ = self.backend.requests(100)
        for each in clients:
            each.reset()
        server.send(b"$1\r\nx\r\n" * 100)

        def quiet():
            pool = self.running.stats()["one"]
            of_server = pool[f"127.0.0.1:{self.backend.port}"]
            gauges = ["in_queue", "in_queue_bytes", "out_queue", "out_queue_bytes"]
            return pool["client_connections"] == 0 and not any(of_server[gauge] for gauge in gauges)

        wire.wait_until(quiet, 5, "silence")


class BeforeARealServer(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = cls.redis()
        cls.port, cls.many_port = harness.free_port(), harness.free_port()
        yaml = harness.pool_yaml("one", cls.port, [cls.backend.port], redis=True, timeout=20000)
        yaml += harness.pool_yaml("four", cls.many_port, [cls.backend.port], redis=True, server_connections=4)
        # Two loops in two threads: nothing of it may be seen.
        cls.running = cls.proxy(yaml, [cls.port, cls.many_port], options=["--workers", "2"])

    def client(self, port=None):
        client = wire.Connection(port or self.port)
        self.addCleanup(client.close)
        return client

    def memory(self):
        """Resident bytes of the proxy."""
        with open(f"/proc/{self.running.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * 4096

    def asked_of_server(self):
        pool = self.running.stats()["one"]
        return pool[f"127.0.0.1:{self.backend.port}"]["requests"]

    def deaf_client(self, key, requests):
        """Sends as many GETs as are taken off it, and never reads."""
        deaf = self.client()
        deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.socket.setblocking(False)
        data = wire.command("GET", key) * requests
        try:
            while data:
                data = data[deaf.socket.send(data) :]
        except BlockingIOError:
            pass
        return deaf

    def test_a_client_that_never_reads_is_not_read_from_and_delays_nobody(self):
        reader = self.client()
        reader.ask("SET", "big", b"x" * 1000000)
        asked, memory = self.asked_of_server(), self.memory()
        deaf = self.deaf_client("big", 2000)
        began = time.monotonic()
        for at in range(50):
            self.assertEqual(reader.ask("SET", "small", at), b"+OK\r\n")
        self.assertLess(time.monotonic() - began, 10)
        self.assertLess(self.asked_of_server() - asked, 50 + 40, "sixteen, and what the kernel took")
        self.assertLess(self.memory() - memory, 300 << 20, "64 MB, and what a sanitizer keeps")
        deaf.close()

    def test_memory_goes_back_when_clients_that_never_read_leave(self):
        reader = self.client()
        reader.ask("SET", "many", b"x" * 10000)
        before = self.memory()
        deaf = [self.deaf_client("many", 3000) for _ in range(60)]
        wire.wait_until(lambda: self.memory() - before > 60 << 20, 30, "a megabyte for each")
        for each in deaf:
            each.close()
        if not harness.sanitized():
            # Each of the two loops keeps 16 MB for reuse.
            wire.wait_until(lambda: self.memory() - before < 40 << 20, 10, "memory to go back")

    def test_garbage_ends_its_own_connection_only(self):
        draw = random.Random(harness.seed())
        good = self.client()
        for _ in range(100):
            with wire.Connection(self.port) as bad:
                bad.send(b"*" + draw.randbytes(draw.randrange(1, 300)))
                bad.half_close()
                bad.until_end()
            value = draw.randbytes(50)
            self.assertEqual(good.ask("SET", "good", value), b"+OK\r\n")
            self.assertEqual(good.ask("GET", "good"), b"$50\r\n" + value + b"\r\n")

    def test_clients_that_come_and_go_never_get_a_reply_of_another(self):
        draw = random.Random(harness.seed())
        for each in range(40):
            self.client().ask("SET", f"own:{each}", f"value of {each}")
        clients = {}
        for _ in range(3000):
            number = draw.randrange(40)
            if number not in clients:
                clients[number] = wire.Connection(self.port), []
            client, waiting = clients[number]
            dice = draw.randrange(10)
            if dice < 5:
                asked = draw.randrange(40)
                client.send(wire.command("GET", f"own:{asked}"))
                waiting.append(f"value of {asked}".encode())
            elif dice < 9 and waiting:
                self.assertEqual(client.reply().split(b"\r\n")[1], waiting.pop(0))
            elif dice == 9:
                draw.choice([client.close, client.reset])()
                del clients[number]
        for client, waiting in clients.values():
            for value in waiting:
                self.assertEqual(client.reply().split(b"\r\n")[1], value)
            client.close()

    def test_requests_of_one_client_keep_their_order_over_several_server_connections(self):
        client = self.client(self.many_port)
        client.ask("DEL", "count")
        for _ in range(20):
            client.send_pieces([wire.command("INCR", "count") * 200])
            replies = [int(client.reply()[1:]) for _ in range(200)]
            self.assertEqual(replies, list(range(replies[0], replies[0] + 200)))

    def test_three_hundred_clients_at_once_each_get_their_own(self):
        clients = [self.client() for _ in range(300)]
        for turn in range(3):
            for at, each in enumerate(clients):
                each.send(wire.command("SET", f"many:{at}", f"{turn}:{at}") + wire.command("GET", f"many:{at}"))
            for at, each in enumerate(clients):
                self.assertEqual(each.reply(), b"+OK\r\n")
                self.assertEqual(each.reply().split(b"\r\n")[1], f"{turn}:{at}".encode())

    def test_a_client_that_sends_byte_by_byte_delays_nobody(self):
        slow, quick = self.client(), self.client()
        data = wire.command("SET", "slow", "value")
        for at in range(len(data)):
            slow.send(data[at : at + 1])
            self.assertEqual(quick.ask("SET", "quick", at), b"+OK\r\n")
        self.assertEqual(slow.reply(), b"+OK\r\n")

    def test_a_pipeline_of_ten_thousand_requests_is_answered_in_order(self):
        client = self.client()
        asked = [wire.command("SET", f"p:{at % 100}", at) + wire.command("GET", f"p:{at % 100}") for at in range(5000)]
        client.send_pieces([b"".join(asked)])
        for at in range(5000):
            self.assertEqual(client.reply(), b"+OK\r\n")
            self.assertEqual(client.reply().split(b"\r\n")[1], b"%d" % at)


class BeforeAFakeMemcached(harness.TestCase):
    def setUp(self):
        self.backend = memcache_backend()
        self.addCleanup(self.backend.stop)
        self.port = harness.free_port()
        yaml = harness.pool_yaml("one", self.port, [self.backend.port], timeout=5000)
        self.proxy(yaml, [self.port], until=self.addCleanup)

    def client(self):
        client = wire.Connection(self.port)
        self.addCleanup(client.close)
        return client

    def test_quit_comes_after_every_earlier_reply(self):
        client = self.client()
        client.send(b"get a\r\nset a 0 0 1\r\nx\r\nquit\r\nget a\r\n")
        server, _ = self.backend.requests(2)
        server.send(b"END\r\nSTORED\r\n")
        self.assertEqual(client.until_end(), b"END\r\nSTORED\r\n")
        with self.assertRaises(TimeoutError):
            self.backend.request(seconds=0.1)

    def test_lines_that_are_refused_stay_in_their_place(self):
        client = self.client()
        client.send(b"get first\r\n")
        self.backend.answer(b"END\r\n")
        client.memcache_reply()  # a newcomer may not ask for three at once
        client.send(b"get a\r\nnosuch\r\nget a\r\nset a 0 0\r\nflush_all\r\nget a\r\n")
        server, requests = self.backend.requests(3)
        self.assertEqual(requests, [b"get a\r\n"] * 3)
        server.send(b"END\r\n" * 3)
        replies = [client.memcache_reply() for _ in range(6)]
        self.assertEqual([replies[at] for at in (0, 2, 5)], [b"END\r\n"] * 3)
        for at in (1, 3, 4):
            self.assertRegex(replies[at], wire.MEMCACHE_ERROR)

    def test_nothing_is_smuggled_in_a_key_or_a_number(self):
        """P8: two requests for the server must be two for the proxy."""
        client = self.client()
        for sent in [b"get x\nversion\n", b"get x\ty\r\n", b"get x\0y\r\n", b"get x\x7f\r\n",
                     b"cas a 0 0 10 9999999999999999999999999\r\nget secret\r\n",
                     b"set a 0 0 9999999999999999999999999\r\n"]:
            with self.subTest(sent), wire.Connection(self.port) as client:
                client.send(sent)
                client.half_close()
                forwarded = []
                try:
                    while True:
                        server, request = self.backend.request(seconds=0.1)
                        forwarded.append(request)
                        server.send(b"END\r\n")
                except TimeoutError:
                    pass
                client.until_end()
                for request in forwarded:
                    self.assertRegex(request, rb"^get [\x21-\x7e\x80-\xff]+\r\n$")
                    self.assertNotIn(b"secret", request)

    def test_noreply_requests_of_a_client_that_left_are_carried_out(self):
        client = self.client()
        client.send(b"set a 0 0 1 noreply\r\nx\r\n")
        client.close()
        self.assertEqual(self.backend.request()[1][:5], b"set a")

    def test_the_response_of_a_client_that_reset_reaches_no_other(self):
        gone, stayer = self.client(), self.client()
        gone.send(b"get secret\r\n")
        server, _ = self.backend.request()
        gone.reset()
        time.sleep(0.02)
        stayer.send(b"get b\r\n")
        self.backend.request()
        server.send(b"VALUE secret 0 6\r\nS3CRET\r\nEND\r\nVALUE b 0 1\r\nx\r\nEND\r\n")
        self.assertEqual(stayer.memcache_reply(), b"VALUE b 0 1\r\nx\r\nEND\r\n")

    def test_the_binary_protocol_is_refused(self):
        client = self.client()
        client.send(b"\x80\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00a")
        client.half_close()
        client.until_end()
        with self.assertRaises(TimeoutError):
            self.backend.request(seconds=0.1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
