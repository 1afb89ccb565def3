"""What is measured: a row is a load, and how many servers share its keys."""

import dataclasses

SMALL = 32
KEYS = 10_000


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    title: str
    proto: str = "redis"
    conns: int = 50
    pipeline: int = 16
    mix: str = "get=1"
    value: int = SMALL
    keys: int = KEYS
    servers: int = 1
    # What the ratios of CPU time are to be, to nutcracker and to the floor.
    to_nutcracker: float = 1.0
    to_floor: float | None = None

    @property
    def writes(self):
        return "set" in self.mix

    def load_options(self):
        return ["--proto", self.proto, "--conns", self.conns, "--pipeline", self.pipeline, "--batches",
                "--mix", self.mix, "--value-size", self.value, "--keyspace", self.keys]


def of(proto):
    """Rows that both protocols have."""
    redis = proto == "redis"
    return [
        Row(f"{proto}-p1", "GET, no pipelining", proto, pipeline=1,
            to_nutcracker=0.85 if redis else 0.72, to_floor=1.15),
        Row(f"{proto}-p16", "GET, pipeline 16", proto,
            to_nutcracker=0.35 if redis else 0.6, to_floor=1.35),
        Row(f"{proto}-p64", "GET, pipeline 64", proto, pipeline=64,
            to_nutcracker=0.12 if redis else 0.5, to_floor=1.6),
        Row(f"{proto}-mix", "90 GET, 10 SET, pipeline 16", proto, mix="get=90,set=10",
            to_nutcracker=0.3 if redis else 0.6, to_floor=1.35),
        Row(f"{proto}-mget10", "GET of 10 keys, 2 servers", proto, pipeline=1, mix="mget10=1", servers=2,
            to_nutcracker=0.5),
        Row(f"{proto}-mget100", "GET of 100 keys, 2 servers", proto, pipeline=1, mix="mget100=1", servers=2,
            to_nutcracker=0.3),
    ]


ROWS = [
    *of("redis"),
    Row("redis-c500", "GET, pipeline 16, 500 clients", conns=500, to_nutcracker=0.2, to_floor=1.35),
    Row("redis-1k", "GET of 1 KB, pipeline 16", value=1024, to_nutcracker=0.33, to_floor=1.3),
    Row("redis-16k", "GET of 16 KB, pipeline 16", value=16384, keys=2000, to_nutcracker=0.65, to_floor=1.2),
    Row("redis-1m", "GET of 1 MB, 10 clients, no pipelining", conns=10, pipeline=1, value=1 << 20, keys=100,
        to_nutcracker=0.95, to_floor=1.1),
    *of("memcache"),
]


def named(names):
    """The rows of these names, in their own order; a name that is none is a ValueError."""
    unknown = set(names) - {row.name for row in ROWS}
    if unknown:
        raise ValueError(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(r.name for r in ROWS)}")
    return [row for row in ROWS if not names or row.name in names]
