"""redis-benchmark at full length before three servers; called by ci/benchmark-smoke."""

import sys
import unittest

import harness
from clients import run

REQUESTS = sys.argv.pop() if len(sys.argv) > 1 else "1000000"


class Benchmark(harness.TestCase):
    def test_every_request_is_answered(self):
        port = harness.free_port()
        backends = [self.redis().port for _ in range(3)]
        self.proxy(harness.pool_yaml("bench", port, backends, redis=True, hash="murmur"), [port])
        output = run("redis-benchmark", "-p", port, "-c", 50, "-P", 16, "-t", "set,get", "-n", REQUESTS,
                     "-r", 100000, "-q", seconds=600)
        print(output.replace("\r", "\n").strip().split("\n")[-1])
        self.assertNotIn("rror", output)
        self.assertEqual(output.count("requests per second"), 2)


if __name__ == "__main__":
    unittest.main()
