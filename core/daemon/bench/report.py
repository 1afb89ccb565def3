"""Figures of several rounds as a table for people."""

import statistics

FIGURES = ["cpu_us", "busy", "per_second", "p50", "p99", "p999"]


def spread(values):
    """The median, the least and the most."""
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def summary(rounds, memory):
    """What a row's rounds come to. `rounds`: of each target, a dict of FIGURES for each round."""
    made = {"targets": {}, "ratios": {}}
    for target, each in rounds.items():
        made["targets"][target] = {name: spread([one[name] for one in each]) for name in FIGURES}
        made["targets"][target]["peak_bytes"] = memory[target]
    for other in rounds.keys() - {"dovetail"}:
        pairs = zip(rounds["dovetail"], rounds[other], strict=True)
        made["ratios"][other] = spread([mine["cpu_us"] / theirs["cpu_us"] for mine, theirs in pairs])
    return made


def short(value):
    """Three digits, and no zeros that say nothing."""
    if value >= 1_000_000:
        return f"{value / 1_000_000:.2f}M"
    if value >= 10_000:
        return f"{value / 1000:.0f}k"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ratio(of, bar):
    if of is None:
        return "–"
    text = f"{of['median']:.2f} ({of['least']:.2f}–{of['most']:.2f})"
    return text if bar is None else f"{text} {'≤' if of['median'] <= bar else '>'} {bar:.2f}"


def aligned(lines):
    """A Markdown table whose columns are as wide as what is in them."""
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    rule = [["-" * width for width in widths]]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
                     for line in lines[:1] + rule + lines[1:])


def table(result):
    """CPU time, ratios to the others, throughput, latency and memory of every row."""
    rows = result["rows"]
    costs = [["row", "CPU µs: dovetail", "nutcracker", "floor", "to nutcracker", "to the floor"]]
    speeds = [["row", "", "requests/s", "busy", "p50 µs", "p99 µs", "p99.9 µs", "peak MB"]]
    for name, row in rows.items():
        targets, ratios = row["targets"], row["ratios"]
        costs.append([name, *(short(targets[each]["cpu_us"]["median"]) if each in targets else "–"
                              for each in ("dovetail", "nutcracker", "floor")),
                      ratio(ratios.get("nutcracker"), row["to_nutcracker"]),
                      ratio(ratios.get("floor"), row["to_floor"])])
        for target, of in targets.items():
            speeds.append([name if target == "dovetail" else "", target, short(of["per_second"]["median"]),
                           f"{of['busy']['median']:.0%}", *(short(of[each]["median"]) for each in ("p50", "p99", "p999")),
                           f"{of['peak_bytes'] / (1 << 20):.1f}"])
    return (f"Medians of {result['rounds']} rounds of {result['seconds']:g} s; least to most in brackets; "
            f"behind it, what is to be reached.\n\n{aligned(costs)}\n\n{aligned(speeds)}\n")


def tail_table(result):
    lines = [["row", "requests/s", *(f"{target} {name}" for target in ("dovetail", "nutcracker")
                                     for name in ("p50", "p99", "p99.9"))]]
    for name, row in result["rows"].items():
        lines.append([name, short(row["rate"]), *(short(row["targets"][target][figure]["median"])
                                                  for target in ("dovetail", "nutcracker")
                                                  for figure in ("p50", "p99", "p999"))])
    return f"Microseconds at equal rates, medians of {result['rounds']} rounds.\n\n{aligned(lines)}\n"
