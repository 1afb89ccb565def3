"""The statistics as programs read them: twemproxy's document, and Prometheus over HTTP."""

import http.client
import json
import re
import time
import unittest

import redis
from prometheus_client.parser import text_string_to_metric_families

import harness
import wire


def families(text):
    """The metrics by name, read by Prometheus's own parser, each described and typed once."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.name not in found, f"{family.name} comes twice"
        assert family.documentation and family.type in ("counter", "gauge", "histogram"), family
        found[family.name] = family
    return found


# The text format's own grammar, which is stricter than the parser: one line.
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
LINE = re.compile(
    r"# HELP [a-z_]+ [^\n]+|# TYPE [a-z_]+ (?:counter|gauge|histogram)|"
    r"[a-z_]+(?:\{" + LABEL + r"(?:," + LABEL + r")*\})? -?[0-9]+(?:\.[0-9]+)?")


def value(family, **labels):
    """The one sample with exactly these labels."""
    found = [sample.value for sample in family.samples if sample.labels == labels]
    assert len(found) == 1, f"{family.name} {labels}: {found}"
    return found[0]


class Statistics(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.redis()
        cls.port = harness.free_port()
        yaml = harness.pool_yaml('"a \\"pool\\" \\\\"', cls.port,
                                 [f"127.0.0.1:{cls.server.port}:1 one"], redis=True)
        cls.running = cls.proxy(yaml, [cls.port])
        cls.pool = 'a "pool" \\'

    def get(self, target, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.running.stats_port, timeout=10)
        connection.request(method, target)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return response, body

    def metrics(self):
        response, body = self.get("/metrics")
        self.assertEqual(response.status, 200)
        self.assertEqual(response.getheader("Content-Type"),
                         "text/plain; version=0.0.4; charset=utf-8")
        for line in body.splitlines():
            self.assertRegex(line, LINE.pattern + r"\Z")
        self.assertTrue(body.endswith("\n"))
        return families(body)

    def test_the_document_is_the_same_over_http_and_without(self):
        response, body = self.get("/")
        self.assertEqual(response.getheader("Content-Type"), "application/json")
        over_http, plain = json.loads(body), self.running.stats()
        self.assertEqual(list(over_http), list(plain))
        self.assertEqual(list(plain[self.pool]["one"]), list(over_http[self.pool]["one"]))

    def test_prometheus_reads_every_counter_of_the_document(self):
        with wire.Connection(self.port) as client:
            for _ in range(5):
                client.send(wire.command("SET", "key", "value"))
                client.reply()
            client.send(wire.command("NOSUCH"))
            client.reply()
            document = self.running.stats()[self.pool]
            read = self.metrics()
            labels = {"pool": self.pool}
            self.assertEqual(value(read["dovetail_client_connections"], **labels), 1)
            self.assertGreaterEqual(value(read["dovetail_requests_refused"], **labels), 1)
            labels["server"] = "one"
            for name in ("requests", "request_bytes", "responses", "response_bytes"):
                self.assertEqual(value(read[f"dovetail_server_{name}"], **labels),
                                 document["one"][name])
            self.assertEqual(value(read["dovetail_server_lost"], **labels), 0)
        self.assertIn("dovetail_pairing_violations", read)
        self.assertIn("dovetail_server_absorbed", read)

    def test_other_targets_and_methods_are_refused(self):
        self.assertEqual(self.get("/favicon.ico")[0].status, 404)
        response, _ = self.get("/metrics", "POST")
        self.assertEqual(response.status, 405)
        self.assertEqual(response.getheader("Allow"), "GET, HEAD")


    def test_who_asks_for_nothing_whole_is_closed_and_holds_up_nobody(self):
        with wire.Connection(self.running.stats_port) as slow:
            slow.send(b"GET /metrics HTTP/1.1\r\nHost: ")
            began = time.monotonic()
            self.assertEqual(self.get("/metrics")[0].status, 200)
            self.assertLess(time.monotonic() - began, 3)
            self.assertEqual(slow.until_end(), b"")
            self.assertGreater(time.monotonic() - began, 4)


class SlowLog(harness.TestCase):
    def test_a_client_library_reads_the_slow_requests_of_the_proxy(self):
        server, port = self.redis(), harness.free_port()
        self.proxy(harness.pool_yaml("alpha", port, [server.port], redis=True, redis_auth="secret",
                                     slowlog_log_slower_than=0, slowlog_max_len=2), [port])
        client = redis.Redis(port=port, client_name="tester", password="secret")
        server.connect().ask("CONFIG", "SET", "requirepass", "secret")
        for number in range(3):
            client.set(f"key{number}", "x" * 200)

        entries = client.slowlog_get()
        self.assertEqual([entry["id"] for entry in entries], [2, 1])
        self.assertEqual(client.slowlog_len(), 2)
        self.assertTrue(entries[0]["command"].startswith(b"SET key2 xxx"))
        self.assertTrue(entries[0]["command"].endswith(b"x... (72 more bytes)"))
        with wire.Connection(port) as other:
            other.ask("AUTH", "secret")
            shown = other.ask("SLOWLOG", "GET")
        self.assertRegex(shown, rb"\$\d+\r\n127\.0\.0\.1:\d+\r\n\$6\r\ntester\r\n")
        self.assertNotIn(b"secret", shown)
        self.assertTrue(client.slowlog_reset())
        self.assertEqual(client.slowlog_len(), 0)

    def test_it_is_that_of_all_workers(self):
        server, port = self.redis(), harness.free_port()
        self.proxy(harness.pool_yaml("alpha", port, [server.port], redis=True,
                                     slowlog_log_slower_than=0), [port],
                   options=["--workers", "3"])
        for _ in range(20):
            with wire.Connection(port) as client:
                client.ask("GET", "k")
        for _ in range(5):
            with wire.Connection(port) as client:
                self.assertEqual(client.ask("SLOWLOG", "LEN"), b":20\r\n")


if __name__ == "__main__":
    unittest.main()
