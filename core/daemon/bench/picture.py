"""The table as a picture: CPU time of a request, as a part of nutcracker's."""

LEFT, BAR, RIGHT, HEIGHT, TOP = 320, 400, 170, 34, 64

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .quiet { fill: #6a737d } .strong { font-weight: 600 } .end { text-anchor: end }
  .dovetail { fill: #1f6feb } .floor { fill: #8c959f } .rule { stroke: #d0d7de }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 } .dovetail { fill: #4493f8 } .floor { fill: #656c76 }
    .rule { stroke: #3d444d }
  }
"""


def text(x, y, what, kind=""):
    escaped = what.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x}" y="{y}" class="{kind}">{escaped}</text>'


def bar(y, height, part, kind):
    return f'<rect x="{LEFT}" y="{y}" width="{BAR * min(part, 1):.1f}" height="{height}" class="{kind}"/>'


def drawn_row(y, name, row):
    targets = row["targets"]
    cost = {each: targets[each]["cpu_us"]["median"] for each in targets}
    proto = name.split("-")[0]
    part = row["ratios"]["nutcracker"]["median"]
    drawn = [text(LEFT - 12, y + 17, f"{'memcached' if proto == 'memcache' else proto}: {row['title']}", "end"),
             bar(y + 4, 11, part, "dovetail")]
    if "floor" in cost:
        drawn.append(bar(y + 17, 6, cost["floor"] / cost["nutcracker"], "floor"))
    drawn.append(text(LEFT + BAR + 12, y + 17, f"{part:.0%}", "strong"))
    drawn.append(text(LEFT + BAR + 56, y + 17, f"{cost['dovetail']:.2f} of {cost['nutcracker']:.2f} µs", "quiet"))
    return "\n".join(drawn)


def draw(result):
    rows = result["rows"]
    width, height = LEFT + BAR + RIGHT + 20, TOP + HEIGHT * len(rows) + 12
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<style>{STYLE}</style>",
        text(12, 24, "CPU time of a request, nutcracker's is 100 %", "strong"),
        f'<rect x="{LEFT}" y="34" width="12" height="11" class="dovetail"/>', text(LEFT + 18, 44, "dovetail"),
        f'<rect x="{LEFT + 100}" y="37" width="12" height="6" class="floor"/>',
        text(LEFT + 118, 44, "a forwarder that only frames and copies", "quiet"),
    ]
    for part in (0.25, 0.5, 0.75, 1):
        x = LEFT + BAR * part
        lines.append(f'<line x1="{x}" y1="{TOP - 6}" x2="{x}" y2="{height - 8}" class="rule"/>')
    lines += [drawn_row(TOP + HEIGHT * at, name, row) for at, (name, row) in enumerate(rows.items())]
    return "\n".join([*lines, "</svg>"]) + "\n"
