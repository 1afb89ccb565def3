"""A server's name that leads elsewhere while clients are being served. The proxy gets an /etc/hosts of its own, in
a mount namespace, which takes root; 127.0.0.1 and 127.0.0.2 are the two machines."""

import os
import pathlib
import subprocess
import unittest

import harness
import wire
from fake_backend import ends_soon, redis_backend

# "$0" and "$@" are the proxy and its arguments.
WITH_HOSTS = 'mount --bind "$HOSTS" /etc/hosts && exec "$0" "$@"'
GET = wire.command("GET", "k")
INCR = wire.command("INCR", "k")


def may_mount():
    tried = subprocess.run(["unshare", "--mount", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return tried.returncode == 0


@unittest.skipUnless(may_mount(), "no mount namespace without root")
class Moving(harness.TestCase):
    def setUp(self):
        self.here = redis_backend()
        self.there = redis_backend(self.here.port, "127.0.0.2")
        for each in (self.here, self.there):
            self.addCleanup(each.stop)
        self.hosts = pathlib.Path(self.folder, "hosts")
        self.leads_to("127.0.0.1")
        os.environ["HOSTS"] = str(self.hosts)

    def leads_to(self, address):
        self.hosts.write_text(f"127.0.0.1 localhost\n{address} moving.test\n")

    def start(self, **settings):
        port = harness.free_port()
        yaml = harness.pool_yaml("names", port, [f"moving.test:{self.here.port}:1 one"], redis=True, timeout=5000,
                                 **settings)
        running = harness.Proxy(self.folder, yaml, under=["unshare", "--mount", "sh", "-c", WITH_HOSTS])
        self.addCleanup(harness.stop_healthy, running)
        running.wait_for(port)
        client = wire.Connection(port)
        self.addCleanup(client.close)
        client.send(GET)
        lane, _ = self.here.answer(b"$1\r\n0\r\n")
        self.assertEqual(client.reply(), b"$1\r\n0\r\n")
        return running, client, lane

    def test_what_was_asked_there_is_answered_before_the_new_address_is_asked(self):
        running, client, lane = self.start(resolve_ttl=1000)
        client.send(INCR)
        self.assertEqual(self.here.request(), (lane, INCR))
        self.leads_to("127.0.0.2")
        moved = f"has moved from 127.0.0.1:{self.here.port} to 127.0.0.2:{self.there.port}"
        wire.wait_until(lambda: moved in running.output(), 10, "the proxy to find the new address")
        client.send(GET)
        with self.assertRaises(TimeoutError):
            self.there.request(0.2)

        lane.send(b":1\r\n")
        self.assertEqual(client.reply(), b":1\r\n")
        self.assertEqual(self.there.answer(b"$1\r\n1\r\n")[1], GET)
        self.assertEqual(client.reply(), b"$1\r\n1\r\n")
        self.assertTrue(ends_soon(lane))

    def test_a_lost_connection_is_made_anew_where_the_name_leads_by_then(self):
        _, client, lane = self.start()
        self.leads_to("127.0.0.2")
        lane.close()
        client.send(GET)
        self.assertEqual(self.there.answer(b"$1\r\n1\r\n")[1], GET)
        self.assertEqual(client.reply(), b"$1\r\n1\r\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
