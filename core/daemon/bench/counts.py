"""What a request costs in user instructions and in system calls; called by ci/bench --counts.

Instructions are counted by callgrind, system calls by strace. Both make the proxy so slow that it always finds its
clients waiting: how many requests a turn serves, and with it these counts, hardly depends on the machine. Where a
neighbour keeps a client from asking in time, a turn serves fewer and a request costs more: the least of several loads
is taken.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile

import programs
import report
import rows

COMMITTED = programs.harness.ROOT / "fixtures/counts.json"
ROWS = ["redis-p1", "redis-p16", "memcache-p1", "memcache-p16"]
RISE_MAX = 0.03
WARM_UP_SECONDS = 0.5
SECONDS = 1.0
LOADS = 3


class Callgrind:
    """Counts the instructions of a program that is started under `command`."""

    def __init__(self, folder):
        self.out = os.path.join(tempfile.mkdtemp(dir=folder), "callgrind.out")
        self.dumps = 0
        self.command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={self.out}"]

    def dump(self, target):
        """Instructions since the last dump."""
        subprocess.run(["vgdb", f"--pid={target.pid}", "dump"], check=True, capture_output=True)
        self.dumps += 1
        with open(f"{self.out}.{self.dumps}") as text:
            return int(re.search(r"^totals: (\d+)", text.read(), re.MULTILINE)[1])


@contextlib.contextmanager
def strace(target, folder):
    """Counts the system calls of a running program; yields a function that ends that and tells how many."""
    out = os.path.join(folder, "strace.out")
    tracer = subprocess.Popen(["strace", "-f", "-c", "-o", out, "-p", str(target.pid)], stderr=subprocess.PIPE)
    try:
        if b"attached" not in tracer.stderr.readline():
            raise programs.Failed("strace cannot attach to the proxy")

        def total():
            tracer.send_signal(signal.SIGINT)
            tracer.wait()
            with open(out) as text:
                return int(re.search(r"^\s*100\.00\s+\S+\s+(?:\S+\s+)?(\d+).*total$", text.read(), re.MULTILINE)[1])

        yield total
    finally:
        if tracer.poll() is None:
            tracer.kill()
            tracer.wait()


def settings(row):
    """Requests are slow only because they are watched: none goes into the slow log, which is redis's alone."""
    return {"slowlog_log_slower_than": 10_000_000} if row.proto == "redis" else {}


def count_in(loads, target, total):
    """What total() says after a load, for each of its requests."""
    requests = loads.run(target.port, SECONDS, ["--preloaded"])["requests"]
    return total() / requests


def least(count):
    return min(count() for _ in range(LOADS))


def instructions(name, row, servers, folder):
    callgrind = Callgrind(folder)
    target = programs.Target(name, row, servers, folder, callgrind.command, settings(row))
    try:
        loads = programs.Loads(row)
        loads.measure(target, WARM_UP_SECONDS)
        callgrind.dump(target)
        return least(lambda: count_in(loads, target, lambda: callgrind.dump(target)))
    finally:
        target.stop()


def system_calls(name, row, servers, folder):
    target = programs.Target(name, row, servers, folder, settings=settings(row))
    try:
        loads = programs.Loads(row)
        loads.measure(target, WARM_UP_SECONDS)

        def traced():
            with strace(target, folder) as total:
                return count_in(loads, target, total)

        return least(traced)
    finally:
        target.stop()


def measure(name):
    """Of each row, its counts."""
    with tempfile.TemporaryDirectory(prefix="dovetail-bench-") as folder, contextlib.ExitStack() as until:
        os.chmod(folder, 0o755)
        servers = programs.Servers(folder, until.callback)
        made = {}
        for row in rows.named(ROWS):
            ports = servers.of(row)
            made[row.name] = {"instructions": round(instructions(name, row, ports, folder), 1)}
            # Memcached writes each reply by itself, and chance decides how many the proxy reads at once.
            if row.proto == "redis":
                made[row.name]["system_calls"] = round(system_calls(name, row, ports, folder), 4)
        return made


def main(save):
    measured = measure("dovetail")
    if save:
        COMMITTED.write_text(json.dumps(measured, indent=2) + "\n")
    committed = json.loads(COMMITTED.read_text())
    lines, risen = [["row", "", "measured", "committed", ""]], 0
    for row, counts in measured.items():
        for what, count in counts.items():
            change = count / committed[row][what] - 1
            risen += change > RISE_MAX
            lines.append([row, what.replace("_", " "), f"{count:.4g}", f"{committed[row][what]:.4g}", f"{change:+.1%}"])
    print(report.aligned(lines))
    if risen:
        print(f"ci/bench: {risen} of them more than {RISE_MAX:.0%} above fixtures/counts.json")
    return 1 if risen else 0
