"""The programs that are measured, the servers behind them and the load before them.

What is measured has a core of its own; everything else shares the other one.
"""

import contextlib
import json
import os
import pathlib
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))  # behind the library: it has a statistics.py
import harness  # noqa: E402
import wire  # noqa: E402

NUTCRACKER = "nutcracker"
TARGETS = ["dovetail", NUTCRACKER, "floor"]
TIMEOUT_MS = 5000


class Failed(Exception):
    """A load that did not end well: what is measured then is nothing."""


def cores():
    """The one for what is measured, and the one for the rest."""
    mine = sorted(os.sched_getaffinity(0))
    return mine[0], mine[-1]


@contextlib.contextmanager
def on_core(core):
    """Programs that are started within stay on it, with every thread."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Servers:
    """As many real servers as a row needs, kept for the next row. Large values are forgotten between rows."""

    def __init__(self, folder, until):
        self.folder, self.until, self.running = folder, until, {"redis": [], "memcache": []}

    def of(self, row):
        running = self.running[row.proto]
        while len(running) < row.servers:
            with on_core(cores()[1]):
                start = harness.start_redis if row.proto == "redis" else harness.start_memcached
                options = [] if row.proto == "redis" else ["-m", 256, "-c", 2048]
                running.append(harness.start_on_free_port(start, self.folder, *options))
            self.until(running[-1].stop)
        for each in self.running["redis"]:
            with each.connect() as ask:
                ask.ask("FLUSHALL")
        return [each.port for each in running[:row.servers]]


class Target:
    """One of TARGETS before a row's servers. `under` is a command line to run it with, `settings` are dovetail's."""

    def __init__(self, name, row, servers, folder, under=(), settings=()):
        self.name, self.port, self.settings = name, harness.free_port(), dict(settings)
        with on_core(cores()[0]):
            self.program = self.start(row, servers, folder, list(under))
        self.pid = self.program.process.pid
        self.program.wait_for(self.port)
        self.stop = self.program.stop

    def start(self, row, servers, folder, under):
        if self.name == "floor":
            return harness.Program([*under, harness.BIN / "forwarder_bench", row.proto, f"127.0.0.1:{self.port}",
                                    f"127.0.0.1:{servers[0]}"], folder, f"floor-{self.port}")
        settings = {"redis": row.proto == "redis", "hash": "fnv1a_64", "distribution": "ketama", "timeout": TIMEOUT_MS}
        if self.name == NUTCRACKER:
            # At its default, -v 5, it makes up a name for each request and prints none.
            yaml = harness.pool_yaml("bench", self.port, servers, **settings)
            return harness.Proxy(folder, yaml, NUTCRACKER, ["-v", 4], under)
        yaml = harness.pool_yaml("bench", self.port, servers, **settings, **self.settings)
        return harness.Proxy(folder, yaml, under=under)

    def cpu_ns(self):
        """The time that its threads have run, as the scheduler counts it: user and system."""
        threads = pathlib.Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads)

    def peak_bytes(self):
        """The most memory that it had at a time."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024


class Loads:
    """Loads of one row. Those that only read share what was written once; others have keys of their own."""

    def __init__(self, row):
        self.row, self.prefix, self.count = row, f"{row.name}:", 0

    def preload(self, port):
        self.count += 1
        if self.row.writes:
            self.prefix = f"{self.row.name}.{self.count}:"
        if self.row.writes or self.count == 1:
            self.run(port, 0, ["--preload"])

    def run(self, port, seconds, options):
        command = [harness.BIN / "dovetail-sim", "load", "--port", port, "--seconds", seconds, "--prefix", self.prefix,
                   "--json", *self.row.load_options(), *options]
        with on_core(cores()[1]):
            done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"{self.row.name}: the load ended with {done.returncode}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def measure(self, target, seconds, options=()):
        """One load of `seconds` and what it cost the target."""
        self.preload(target.port)
        before = target.cpu_ns()
        load = self.run(target.port, seconds, ["--preloaded", *options])
        cpu_us = (target.cpu_ns() - before) / 1000
        if load["misses"] or not load["requests"]:
            raise Failed(f"{self.row.name}: {load['misses']} misses in {load['requests']} requests")
        return {"cpu_us": cpu_us / load["requests"], "busy": cpu_us / 1e6 / load["seconds"],
                "per_second": load["per_second"], "load_cpu_us": load["cpu_seconds"] * 1e6 / load["requests"],
                **{name: load["latency_us"][name] for name in ("p50", "p99", "p999")}}
