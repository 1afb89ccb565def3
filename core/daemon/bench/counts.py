"""What a request costs in user instructions and in system calls; called by ci/bench --counts.

Instructions are counted by callgrind, system calls by strace, of a proxy that goes in lockstep with its clients.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile

import lockstep
import programs
import report
import rows

COMMITTED = programs.harness.ROOT / "fixtures/counts.json"
ROWS = ["redis-p1", "redis-p16", "memcache-p1", "memcache-p16"]
RISE_MAX = 0.03
ROUNDS = 100


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


def instructions(name, row, folder):
    callgrind = Callgrind(folder)
    with contextlib.ExitStack() as until:
        def start(servers):
            return programs.Target(name, row, servers, folder, callgrind.command, settings(row))

        all_sides = lockstep.Lockstep(row, start, until)
        all_sides.warm_up()
        callgrind.dump(all_sides.target)
        requests = all_sides.rounds(ROUNDS)
        return callgrind.dump(all_sides.target) / requests


def system_calls(name, row, folder):
    with contextlib.ExitStack() as until:
        def start(servers):
            return programs.Target(name, row, servers, folder, settings=settings(row))

        all_sides = lockstep.Lockstep(row, start, until)
        all_sides.warm_up()
        with strace(all_sides.target, folder) as total:
            requests = all_sides.rounds(ROUNDS)
            return total() / requests


def measure(name):
    """Of each row, both counts."""
    with tempfile.TemporaryDirectory(prefix="dovetail-bench-") as folder:
        os.chmod(folder, 0o755)
        return {row.name: {"instructions": round(instructions(name, row, folder), 1),
                           "system_calls": round(system_calls(name, row, folder), 4)}
                for row in rows.named(ROWS)}


def main(save, others):
    measured = measure("dovetail")
    if save:
        COMMITTED.write_text(json.dumps(measured, indent=2) + "\n")
    committed = json.loads(COMMITTED.read_text())
    beside = {name: measure(name) for name in programs.TARGETS[1:]} if others else {}
    lines, risen = [["row", "", "dovetail", "committed", "", *beside]], 0
    for row, counts in measured.items():
        for what, count in counts.items():
            change = count / committed[row][what] - 1
            risen += change > RISE_MAX
            lines.append([row, what.replace("_", " "), f"{count:.4g}", f"{committed[row][what]:.4g}", f"{change:+.1%}",
                          *(f"{theirs[row][what]:.4g}" for theirs in beside.values())])
    print(report.aligned(lines))
    if risen:
        print(f"ci/bench: {risen} of them more than {RISE_MAX:.0%} above fixtures/counts.json")
    return 1 if risen else 0
