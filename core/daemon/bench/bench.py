"""Measures proxies in turns; called by ci/bench, which says how.

For each row of rows.py every target is started anew. Then, round by round, one after the other is loaded, first once
unmeasured. A ratio is that of two loads of one round, which had the same neighbours as far as that goes.
"""

import argparse
import contextlib
import json
import os
import pathlib
import sys
import tempfile

import counts
import picture
import programs
import report
import rows

WARM_UP_SECONDS = 0.3


def rotated(items, by):
    by %= len(items)
    return items[by:] + items[:by]


def run_rounds(row, targets, how, rate=None):
    """Of each target a measurement for each round."""
    loads = programs.Loads(row)
    options = [] if rate is None else ["--rate", rate]
    for target in targets:
        loads.measure(target, WARM_UP_SECONDS)
    measured = {target.name: [] for target in targets}
    for at in range(how.rounds):
        for target in rotated(targets, at):
            measured[target.name].append(loads.measure(target, how.seconds, options))
    return measured


@contextlib.contextmanager
def started(names, row, servers, folder):
    with contextlib.ExitStack() as until:
        targets = []
        for name in names:
            targets.append(programs.Target(name, row, servers, folder))
            until.callback(targets[-1].stop)
        yield targets


def bench_row(row, ports, folder, how):
    names = [name for name in programs.TARGETS if name != "floor" or row.servers == 1]
    with started(names, row, ports, folder) as targets:
        measured = run_rounds(row, targets, how)
        memory = {target.name: target.peak_bytes() for target in targets}
    return report.summary(measured, memory) | {"title": row.title, "to_nutcracker": row.to_nutcracker,
                                               "to_floor": row.to_floor, "measured": measured}


def tail_row(row, ports, folder, how):
    """All are asked as often: half of what nutcracker can answer."""
    with started(["dovetail", programs.NUTCRACKER], row, ports, folder) as targets:
        loads = programs.Loads(row)
        most = max(loads.measure(targets[1], how.seconds)["per_second"] for _ in range(2))
        measured = run_rounds(row, targets, how, rate=int(most / 2))
        memory = {target.name: target.peak_bytes() for target in targets}
    return report.summary(measured, memory) | {"title": row.title, "rate": int(most / 2)}


def bench(how):
    result = {"rounds": how.rounds, "seconds": how.seconds, "tail": how.tail, "rows": {}}
    with tempfile.TemporaryDirectory(prefix="dovetail-bench-") as folder, contextlib.ExitStack() as until:
        os.chmod(folder, 0o755)
        servers = programs.Servers(folder, until.callback)
        for row in how.rows:
            print(f"ci/bench: {row.name}", file=sys.stderr, flush=True)
            one = tail_row if how.tail else bench_row
            result["rows"][row.name] = one(row, servers.of(row), folder, how)
    return result


def understand():
    line = argparse.ArgumentParser(prog="ci/bench", description="Measures the proxy beside others.")
    line.add_argument("--rows", nargs="+", default=[], metavar="ROW", help="; ".join(row.name for row in rows.ROWS))
    line.add_argument("--rounds", type=int, default=5)
    line.add_argument("--seconds", type=float, default=3.0, help="of each load")
    line.add_argument("--tail", action="store_true", help="latency at equal rates")
    line.add_argument("--json", action="store_true", help="print JSON, with every round")
    line.add_argument("--svg", type=pathlib.Path, metavar="FILE", help="draw the table")
    line.add_argument("--from", dest="earlier", type=pathlib.Path, metavar="FILE", help="measure nothing")
    line.add_argument("--counts", action="store_true", help="instructions and system calls of a request")
    line.add_argument("--save", action="store_true", help="with --counts: take them for the ones to compare with")
    line.add_argument("--others", action="store_true", help="with --counts: those of nutcracker and the floor, too")
    how = line.parse_args()
    try:
        how.rows = rows.named(how.rows)
    except ValueError as error:
        line.error(str(error))
    if len(os.sched_getaffinity(0)) < 2:
        line.error("one core for what is measured and another for the load are needed")
    return how


def main():
    how = understand()
    try:
        if how.counts:
            return counts.main(how.save, how.others)
        result = json.loads(how.earlier.read_text()) if how.earlier else bench(how)
    except programs.Failed as why:
        print(f"ci/bench: {why}", file=sys.stderr)
        return 1
    if how.svg:
        how.svg.write_text(picture.draw(result))
    print(json.dumps(result) if how.json else report.tail_table(result) if result["tail"] else report.table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
