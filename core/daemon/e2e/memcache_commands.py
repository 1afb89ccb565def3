"""Random memcached requests whose replies are the same on two servers that got the same sequence.

Left out, because two real servers differ on them: what tells time that goes by (the meta flags t and
l, and items that expire in a while), statistics, and numbers that get shorter: memcached pads them
with a space where it can change them in place, that is, unless an earlier reply still waits to be
written. cas numbers count up by one at each change, so
the sequence must be the same in all: one client at a time.
"""

EXPIRED = -1
LONG = 10**6 * 2  # seconds; beyond a day, within thirty: relative to now


class Commands:
    def __init__(self, random, prefix):
        self.random = random
        self.prefix = prefix
        self.makers = [
            getattr(self, name) for name in dir(type(self)) if name.startswith("make_")
        ]

    def next(self):
        """A request's bytes, and whether a reply is due."""
        return self.random.choice(self.makers)()

    def pick(self, *choices):
        return self.random.choice(choices)

    def key(self):
        if self.random.randrange(50) == 0:
            return (self.prefix + self.pick("k" * 250, "Tür", "a:b{c}"))[:250]
        return f"{self.prefix}{self.random.randrange(12)}"

    def value(self):
        dice = self.random.randrange(12)
        if dice == 0:
            return b""
        if dice == 1:
            return self.random.randbytes(self.random.randrange(1, 40))
        if dice == 2:
            return b"x" * self.pick(1000, 4096, 16384, 100000)
        if dice == 3:
            return b"END\r\nVALUE a 0 1\r\n"
        return b"v%d" % self.random.randrange(100)

    def quiet(self):
        return self.random.randrange(5) == 0

    def with_data(self, line, value, quiet):
        head = f"{line}{' noreply' if quiet else ''}\r\n".encode()
        return head + value + b"\r\n", not quiet

    def line(self, text, quiet=False):
        return f"{text}{' noreply' if quiet else ''}\r\n".encode(), not quiet

    def flags(self):
        return self.pick(0, 1, 42, 4294967295)

    def exptime(self):
        return self.pick(0, 0, 0, LONG, EXPIRED)

    def make_store(self):
        value = self.value()
        name = self.pick("set", "set", "add", "replace", "append", "prepend")
        line = f"{name} {self.key()} {self.flags()} {self.exptime()} {len(value)}"
        return self.with_data(line, value, self.quiet())

    def make_cas(self):
        value = self.value()
        unique = self.pick(1, 18446744073709551615, *range(1, 40))
        line = f"cas {self.key()} {self.flags()} 0 {len(value)} {unique}"
        return self.with_data(line, value, self.quiet())

    def make_get(self):
        keys = " ".join(self.key() for _ in range(self.random.randrange(1, 10)))
        return self.line(f"{self.pick('get', 'get', 'gets')} {keys}")

    def make_get_one(self):
        return self.line(f"{self.pick('get', 'gets')} {self.key()}")

    def make_gat(self):
        keys = " ".join(self.key() for _ in range(self.random.randrange(1, 5)))
        return self.line(f"{self.pick('gat', 'gats')} {self.pick(0, LONG)} {keys}")

    def make_count(self):
        delta = self.pick(0, 1, 5, 1000)
        return self.line(f"{self.pick('incr', 'decr')} {self.key()} {delta}", self.quiet())

    def make_number(self):
        return self.with_data(f"set {self.key()} 0 0 10", b"5000000017", False)

    def make_delete(self):
        return self.line(f"delete {self.key()}", self.quiet())

    def make_touch(self):
        return self.line(f"touch {self.key()} {self.exptime()}", self.quiet())

    def make_meta_get(self):
        flags = "".join(self.pick("", f" {flag}") for flag in ("v", "k", "f", "s", "c", "Oopaque"))
        return self.line(f"mg {self.key()}{flags}")

    def make_meta_set(self):
        value = self.value()
        flags = "".join(self.pick("", f" {flag}") for flag in ("k", "F7", "T0", "Oab", "c", "MA", "C3"))
        return self.with_data(f"ms {self.key()} {len(value)}{flags}", value, False)

    def make_meta_delete(self):
        return self.line(f"md {self.key()}{self.pick('', ' k', ' Oxyz', ' C5', ' k O1')}")

    def make_meta_count(self):
        return self.line(f"ma {self.key()}{self.pick('', ' v', ' D7 v', ' MD v', ' N0 J5000000013 v', ' k O2')}")

    def make_meta_noop(self):
        return self.line("mn")
