"""Random redis requests whose replies are the same on two servers that got the same sequence.

Left out, because two real servers differ on them:
  - what picks at random: SPOP, SRANDMEMBER, HRANDFIELD, ZRANDMEMBER, RANDOMKEY, XADD with *;
  - what tells time that goes by: TTL, PTTL of a key that expires, OBJECT IDLETIME, TIME. Keys expire
    at once or in the year 2100; EXPIRETIME tells the same on both;
  - hash-table order, which is seeded by process: sets hold only integers (sorted by redis) and
    hashes stay small enough to keep their order of insertion.
And because the proxy answers or refuses them on purpose: see `elsewhere` in redis_differential.py.
"""

FAR = 4102444800  # the year 2100
FIVE = bytes.fromhex("00c0050a00632f5f66832fb351")  # what DUMP says of the number 5

KINDS = ("str", "num", "hash", "list", "set", "zset", "stream", "bits", "geo", "hll")


class Commands:
    """Draws commands over a small set of keys that all begin with `prefix`."""

    def __init__(self, random, prefix):
        self.random = random
        self.prefix = prefix
        self.makers = [
            getattr(self, name) for name in dir(type(self)) if name.startswith("make_")
        ]

    def next(self):
        """A whole command; now and then one that cannot be right."""
        made = [str(part) if not isinstance(part, bytes) else part for part in self.one()]
        dice = self.random.randrange(100)
        if dice == 0:
            return [*made, "7"]
        if dice == 1:
            return made[:-1] or made
        if dice == 2:
            made[0] = self.random.choice([made[0].lower(), made[0].title(), "NO" + made[0]])
        return made

    def one(self):
        return self.random.choice(self.makers)()

    # material

    def pick(self, *choices):
        return self.random.choice(choices)

    def key(self, kind):
        # One in forty is of another kind: WRONGTYPE, or a string where it can be read as one.
        if self.random.randrange(40) == 0:
            kind = self.random.choice(KINDS)
        return f"{self.prefix}:{kind}:{self.random.randrange(6)}"

    def keys(self, kind, most=4):
        return [self.key(kind) for _ in range(self.random.randrange(1, most + 1))]

    def text(self):
        dice = self.random.randrange(20)
        if dice == 0:
            return b""
        if dice == 1:
            return bytes(self.random.randrange(256) for _ in range(self.random.randrange(1, 40)))
        if dice == 2:
            return b"x" * self.random.choice([100, 4095, 16384, 16385, 40000])
        if dice == 3:
            return b"$5\r\nhello\r\n"
        return str(self.random.randrange(1000)).encode()

    def field(self):
        return f"f{self.random.randrange(8)}"

    def number(self):
        return self.random.choice([-2, -1, 0, 1, 2, 3, 5, 10, 100])

    def member(self):
        return self.random.randrange(30)

    def score(self):
        return self.random.choice(["-inf", "+inf", "0", "1", "2.5", "-3", "1e3", "nan"])

    # strings and counters

    def make_set(self):
        options = self.pick([], ["NX"], ["XX"], ["GET"], ["KEEPTTL"], ["EXAT", FAR], ["PXAT", 1], ["EX", 0], ["NX", "XX"])
        return ["SET", self.key("str"), self.text(), *options]

    def make_get(self):
        return [self.pick("GET", "STRLEN", "TYPE", "GETDEL"), self.key("str")]

    def make_get_again(self):
        return ["GET", self.key("str")]

    def make_getex(self):
        return ["GETEX", self.key("str"), *self.pick([], ["PERSIST"], ["EXAT", FAR], ["NONE"])]

    def make_text(self):
        return [self.pick("APPEND", "SETNX", "GETSET"), self.key("str"), self.text()]

    def make_range(self):
        return ["GETRANGE", self.key("str"), self.number(), self.number()]

    def make_setrange(self):
        return ["SETRANGE", self.key("str"), self.number(), "patch"]

    def make_setex(self):
        # Keys of their own, for when these expire depends on when they were set.
        key = f"{self.prefix}:soon:{self.random.randrange(3)}"
        when = self.pick(0, -1, "ten", 10**7, 10**7)
        return self.pick([self.pick("SETEX", "PSETEX"), key, when, self.text()], ["GET", key])

    def make_count(self):
        return [self.pick("INCR", "DECR"), self.key("num")]

    def make_count_by(self):
        return [self.pick("INCRBY", "DECRBY"), self.key("num"), self.pick(1, -7, 9223372036854775807, "1.5", "")]

    def make_count_float(self):
        return ["INCRBYFLOAT", self.key("num"), self.pick("0.5", "-2", "1e2", "inf")]

    def make_mget(self):
        return ["MGET", *self.keys(self.pick("str", "num"), 8)]

    def make_mset(self):
        return ["MSET", *[part for key in self.keys("str", 5) for part in (key, self.text())]]

    # any key

    def make_many(self):
        return [self.pick("DEL", "UNLINK", "EXISTS", "TOUCH"), *self.keys(self.random.choice(KINDS), 6)]

    def make_expire(self):
        name, when = self.pick(("EXPIREAT", FAR), ("PEXPIREAT", FAR * 1000), ("EXPIRE", 0), ("PEXPIRE", -5), ("EXPIREAT", "x"))
        return [name, self.key(self.random.choice(KINDS)), when, *self.pick([], [], ["NX"], ["GT"], ["XX"], ["NO"])]

    def make_expiretime(self):
        return [self.pick("EXPIRETIME", "PEXPIRETIME", "PERSIST"), self.key(self.random.choice(KINDS))]

    def make_dump(self):
        return ["DUMP", self.key("num")]

    def make_restore(self):
        return ["RESTORE", self.key("str"), 0, self.pick(FIVE, b"junk"), "REPLACE"]

    def make_copy(self):
        return ["COPY", self.key("str"), self.key("str"), *self.pick([], ["REPLACE"])]

    def make_type(self):
        return ["TYPE", self.key(self.random.choice(KINDS))]

    def make_sort(self):
        return ["SORT", self.key(self.pick("list", "set")), *self.pick([], ["DESC"], ["LIMIT", 0, 3], ["ALPHA"])]

    def make_eval(self):
        body = self.pick("return redis.call('GET', KEYS[1])", "return {1, {2, {3, ARGV[1]}}, 'x'}", "return redis.error_reply('MINE own words')", "return nope(")
        return ["EVAL", body, 1, self.key("str"), "argument"]

    def make_evalsha(self):
        return ["EVALSHA", "f" * 40, 1, self.key("str")]

    # hashes

    def make_hset(self):
        return [self.pick("HSET", "HMSET"), self.key("hash"), self.field(), self.member(), self.field(), self.member()]

    def make_hget(self):
        return [self.pick("HGET", "HEXISTS", "HSTRLEN"), self.key("hash"), self.field()]

    def make_hall(self):
        return [self.pick("HGETALL", "HKEYS", "HVALS", "HLEN"), self.key("hash")]

    def make_hmget(self):
        return [self.pick("HMGET", "HDEL"), self.key("hash"), self.field(), self.field(), self.field()]

    def make_hcount(self):
        return [self.pick("HINCRBY", "HINCRBYFLOAT", "HSETNX"), self.key("hash"), self.field(), self.number()]

    def make_hscan(self):
        return ["HSCAN", self.key("hash"), 0, *self.pick([], ["COUNT", 100], ["MATCH", "f1*"])]

    # lists

    def make_push(self):
        return [self.pick("LPUSH", "RPUSH", "LPUSHX", "RPUSHX"), self.key("list"), *[self.member() for _ in range(self.random.randrange(1, 4))]]

    def make_pop(self):
        return [self.pick("LPOP", "RPOP"), self.key("list"), *self.pick([], [], [2], [-1])]

    def make_lrange(self):
        return [self.pick("LRANGE", "LTRIM"), self.key("list"), self.number(), self.number()]

    def make_lindex(self):
        return ["LINDEX", self.key("list"), self.pick(*range(-4, 5), "x")]

    def make_llen(self):
        return ["LLEN", self.key("list")]

    def make_lset(self):
        return [self.pick("LSET", "LREM"), self.key("list"), self.number(), self.member()]

    def make_linsert(self):
        return ["LINSERT", self.key("list"), self.pick("BEFORE", "AFTER", "BESIDE"), self.member(), self.member()]

    def make_lmove(self):
        return ["LMOVE", self.key("list"), self.key("list"), self.pick("LEFT", "RIGHT"), self.pick("LEFT", "UP")]

    def make_rpoplpush(self):
        return ["RPOPLPUSH", self.key("list"), self.key("list")]

    def make_lpos(self):
        return ["LPOS", self.key("list"), self.member(), *self.pick([], ["COUNT", 0], ["RANK", -1])]

    # sets of integers

    def make_sadd(self):
        return [self.pick("SADD", "SADD", "SREM"), self.key("set"), *[self.member() for _ in range(3)]]

    def make_smembers(self):
        return [self.pick("SMEMBERS", "SCARD"), self.key("set")]

    def make_sismember(self):
        return ["SISMEMBER", self.key("set"), self.member()]

    def make_smismember(self):
        return ["SMISMEMBER", self.key("set"), self.member(), self.member()]

    def make_smove(self):
        return ["SMOVE", self.key("set"), self.key("set"), self.member()]

    def make_sinter(self):
        return [self.pick("SINTER", "SUNION", "SDIFF"), *self.keys("set", 3)]

    def make_sinterstore(self):
        return [self.pick("SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"), self.key("set"), *self.keys("set", 3)]

    def make_sintercard(self):
        return ["SINTERCARD", 2, self.key("set"), self.key("set")]

    # sorted sets

    def make_zadd(self):
        return ["ZADD", self.key("zset"), *self.pick([], ["NX"], ["XX", "CH"], ["INCR"]), self.score(), self.member()]

    def make_zscore(self):
        return [self.pick("ZSCORE", "ZRANK", "ZREVRANK"), self.key("zset"), self.member()]

    def make_zmscore(self):
        return [self.pick("ZMSCORE", "ZREM"), self.key("zset"), self.member(), self.member()]

    def make_zrange(self):
        return [self.pick("ZRANGE", "ZREVRANGE"), self.key("zset"), self.number(), self.number(), *self.pick([], ["WITHSCORES"])]

    def make_zrangebyscore(self):
        return ["ZRANGEBYSCORE", self.key("zset"), self.pick("-inf", "(1", "2"), self.score()]

    def make_zcount(self):
        return [self.pick("ZCOUNT", "ZREMRANGEBYSCORE"), self.key("zset"), "-inf", self.score()]

    def make_zcard(self):
        return ["ZCARD", self.key("zset")]

    def make_zincrby(self):
        return ["ZINCRBY", self.key("zset"), self.score(), self.member()]

    def make_zpop(self):
        return [self.pick("ZPOPMIN", "ZPOPMAX"), self.key("zset"), *self.pick([], [2])]

    def make_zunion(self):
        return [self.pick("ZUNION", "ZINTER", "ZDIFF"), 2, self.key("zset"), self.key("zset"), *self.pick([], ["WITHSCORES"])]

    def make_zunionstore(self):
        return [self.pick("ZUNIONSTORE", "ZINTERSTORE"), self.key("zset"), 2, self.key("zset"), self.key("zset")]

    # streams with named ids

    def make_xadd(self):
        return ["XADD", self.key("stream"), f"{self.random.randrange(1, 50)}-{self.random.randrange(3)}", "field", self.text()]

    def make_xrange(self):
        return [self.pick("XRANGE", "XREVRANGE"), self.key("stream"), *self.pick(("-", "+"), ("+", "-"), ("5", "100")), "COUNT", 5]

    def make_xlen(self):
        return ["XLEN", self.key("stream")]

    def make_xdel(self):
        return ["XDEL", self.key("stream"), f"{self.random.randrange(1, 500)}-0"]

    # bits, places, sketches

    def make_setbit(self):
        return ["SETBIT", self.key("bits"), self.random.randrange(200), self.pick(0, 1, 2)]

    def make_getbit(self):
        return ["GETBIT", self.key("bits"), self.random.randrange(200)]

    def make_bitcount(self):
        return [self.pick("BITCOUNT", "STRLEN"), self.key("bits")]

    def make_bitpos(self):
        return ["BITPOS", self.key("bits"), self.pick(0, 1)]

    def make_bitfield(self):
        return ["BITFIELD", self.key("bits"), "INCRBY", "u8", 0, 7, "GET", "i5", 3]

    def make_bitop(self):
        return ["BITOP", self.pick("AND", "OR", "NOT", "NAND"), self.key("bits"), self.key("bits")]

    def make_geoadd(self):
        return ["GEOADD", self.key("geo"), self.pick("13.36", "200"), "38.11", self.field()]

    def make_geopos(self):
        return [self.pick("GEOPOS", "GEOHASH", "GEODIST"), self.key("geo"), self.field(), self.field()]

    def make_geosearch(self):
        return ["GEOSEARCH", self.key("geo"), "FROMLONLAT", 15, 37, "BYRADIUS", 300, "km", "ASC"]

    def make_pfadd(self):
        return ["PFADD", self.key("hll"), self.member(), self.member()]

    def make_pfcount(self):
        return [self.pick("PFCOUNT", "PFMERGE"), *self.keys("hll", 3)]
