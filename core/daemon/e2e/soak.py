"""Many clients, whose every reply is verified, while all goes wrong; called by ci/soak.

    python3 soak.py [--minutes M] [--seed N] [--json]

Four redis-server and four memcached behind one proxy; 200 connections of `dovetail-sim load`, which
knows what each reply must be. Meanwhile, in random order: servers are killed and come back empty,
are stopped and go on, are told to end; the configuration is loaded again with other values; clients
with rubbish come and go. At the end all is well again, and then: no wrong reply, no request without
a reply or error, and memory and descriptors are what they were.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import harness
import wire
from memory import resident

MB = 1 << 20
TIMEOUT_MS = 1000
QUIET_SECONDS = 15  # of the load's time, without new trouble, at the end

# Connections, requests of each on the way, what they ask.
LOADS = [("redis", 60, 8, "get=50,set=20,mget4=15,del=5,incr=10", "20-2000"),
         ("redis", 40, 1, "get=70,set=25,mget10=5", "20-40000"),
         ("memcache", 60, 8, "get=50,set=20,mget4=15,del=5,incr=10", "20-2000"),
         ("memcache", 40, 1, "get=70,set=25,mget10=5", "20-40000")]
LANES_MAX = 3  # server_connections; one worker
REQUESTS_A_SECOND = 1500  # of each load: the machine is for the faults as well


class Backend:
    """A server that comes back at its port."""

    def __init__(self, start, folder):
        self.start, self.folder = start, folder
        self.running = harness.start_on_free_port(start, folder)
        self.port = self.running.port

    def kill(self):
        self.running.process.kill()
        self.running.process.wait()

    def come_back(self):
        if self.running.process.poll() is not None:
            self.running = self.start(self.folder, self.port)

    def signal(self, number):
        if self.running.process.poll() is None:
            self.running.process.send_signal(number)

    def end(self):
        self.signal(signal.SIGCONT)
        self.running.stop()


class Soak:
    def __init__(self, asked, folder):
        self.random = random.Random(asked.seed)
        self.seconds = asked.minutes * 60
        self.folder = folder
        self.redis = [Backend(harness.start_redis, folder) for _ in range(4)]
        self.memcached = [Backend(harness.start_memcached, folder) for _ in range(4)]
        self.ports = {"redis": harness.free_port(), "memcache": harness.free_port()}
        self.proxy = harness.Proxy(folder, self.yaml(), options=asked.options)
        for port in self.ports.values():
            self.proxy.wait_for(port)
        self.conf = pathlib.Path(self.proxy.process.args[2])
        self.faults = collections.Counter()
        self.samples = []  # (seconds, bytes of memory, descriptors)
        self.over = threading.Event()

    def yaml(self, server_connections=1, timeout=TIMEOUT_MS, client_connections=0):
        """Servers and placement are always the same: keys stay where they are."""
        settings = {"server_connections": server_connections, "timeout": timeout,
                    "client_connections": client_connections}
        return (harness.pool_yaml("redis", self.ports["redis"], [each.port for each in self.redis],
                                  redis=True, **settings) +
                harness.pool_yaml("memcache", self.ports["memcache"],
                                  [each.port for each in self.memcached], **settings))

    # --- trouble

    def kill(self, backend):
        backend.kill()
        time.sleep(self.random.uniform(0, 2))
        backend.come_back()

    def end(self, backend):
        backend.running.stop()
        backend.come_back()

    def stop(self, backend):
        backend.signal(signal.SIGSTOP)
        time.sleep(self.random.uniform(0.1, 3))
        backend.signal(signal.SIGCONT)

    def reload(self, _):
        self.conf.write_text(self.yaml(self.random.randint(1, LANES_MAX),
                                       self.random.choice([TIMEOUT_MS // 2, TIMEOUT_MS]),
                                       self.random.choice([0, 1000])))
        self.proxy.process.send_signal(signal.SIGHUP)
        time.sleep(0.2)

    def rubbish(self, _):
        """Bytes that are half a protocol; leaves in the rudest way."""
        port = self.random.choice(list(self.ports.values()))
        words = [b"*3\r\n$3\r\nSET\r\n", b"get ", b"$-1\r\n", b"set k 0 0 9999999\r\n", b"\r\n", b"*1\r\n",
                 b"mg k v q\r\n", b"\x80\x01", b"*1048577\r\n", b"$999999999999\r\n", b"quit\r\n"]
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as client:
                client.settimeout(1)
                for _ in range(self.random.randrange(1, 30)):
                    client.sendall(self.random.choice([self.random.choice(words),
                                                       self.random.randbytes(self.random.randrange(1, 200))]))
                if self.random.random() < 0.5:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        except OSError:
            pass  # as it should be

    def make_trouble(self):
        deeds = [self.kill, self.kill, self.stop, self.stop, self.end, self.reload, self.reload,
                 *[self.rubbish] * 6]
        while not self.over.is_set():
            deed = self.random.choice(deeds)
            deed(self.random.choice(self.redis + self.memcached))
            self.faults[deed.__name__] += 1
            time.sleep(self.random.uniform(0, 0.5))

    # --- the load, and what is looked at meanwhile

    def load(self, number, proto, conns, pipeline, mix, sizes, seconds):
        return subprocess.Popen(
            [harness.BIN / "dovetail-sim", "load", "--proto", proto, "--port",
             str(self.ports[proto]), "--conns", str(conns), "--pipeline", str(pipeline), "--mix", mix,
             "--value-size", sizes, "--keyspace", "20000", "--rate", str(REQUESTS_A_SECOND),
             "--seconds", str(seconds), "--seed", str(number + 1), "--expect-errors", "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.proxy.process.pid}/fd"))

    def sample(self, begun):
        memory = resident(self.proxy.process.pid)
        self.samples.append((time.monotonic() - begun, memory, self.descriptors()))

    def progress(self):
        if not sys.stderr.isatty():
            return
        at, memory, descriptors = self.samples[-1]
        sys.stderr.write(f"\r{at:6.0f} of {self.seconds:.0f} s, {memory / MB:.1f} MB, {descriptors} "
                         f"descriptors, {sum(self.faults.values())} faults   ")

    def run(self):
        begun = time.monotonic()
        idle = self.descriptors()
        loads = [self.load(number, *each, self.seconds) for number, each in enumerate(LOADS)]
        trouble = threading.Thread(target=self.make_trouble)
        trouble.start()
        while any(each.poll() is None for each in loads):
            time.sleep(1)
            self.sample(begun)
            self.progress()
            if self.samples[-1][0] > self.seconds - QUIET_SECONDS:
                self.over.set()
            if self.proxy.process.poll() is not None:
                break
        self.over.set()
        trouble.join()
        reports = [json.loads(each.communicate()[0]) for each in loads]
        return self.result(reports, idle)

    def result(self, reports, idle):
        """The figures, and what is wrong with them."""
        wrong = [each["wrong"] for each in reports if each["wrong"]]
        total = {name: sum(each[name] for each in reports)
                 for name in ("requests", "refused", "lost", "unanswered", "ended")}
        time.sleep(3)  # for clients that are read to their end of stream
        left = self.descriptors() - idle
        third = len(self.samples) // 3
        early = max(memory for _, memory, _ in self.samples[third:2 * third])
        late = max(memory for _, memory, _ in self.samples[2 * third:])
        stats = self.proxy.stats()
        found = {"minutes": self.seconds / 60, "connections": sum(each[1] for each in LOADS), **total,
                 "faults": dict(self.faults), "memory_mb": [round(early / MB, 1), round(late / MB, 1)],
                 "descriptors_left": left, "wrong": wrong,
                 "forward_errors": sum(stats[pool]["forward_error"] for pool in self.ports)}
        problems = [f"a wrong reply: {each}" for each in wrong]
        if total["unanswered"] or total["ended"]:
            problems.append("requests without a reply or error, or connections that ended")
        if late > early * 1.1 + 2 * MB:
            problems.append("the memory grows")
        if left > LANES_MAX * 8:  # connections to servers, which may stay
            problems.append("descriptors are left over")
        if self.proxy.process.poll() is not None:
            problems.append("the proxy has ended:\n" + self.proxy.output())
        return found, problems

    def clean_up(self):
        self.over.set()
        for each in self.redis + self.memcached:
            each.end()
        harness.stop_healthy(self.proxy)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("options", nargs="*", help="of dovetail, behind --")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dovetail-soak-") as folder:
        os.chmod(folder, 0o755)
        soak = Soak(asked, folder)
        try:
            found, problems = soak.run()
        finally:
            soak.clean_up()
    if asked.json:
        print(json.dumps({**found, "problems": problems}))
    else:
        for name, value in found.items():
            print(f"{name:18}{value}")
    for each in problems:
        print(f"ci/soak: {each}", file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
