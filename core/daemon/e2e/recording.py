"""What the proxy records of its run, and the simulator's proxy that is told the same."""

import json
import pathlib
import re
import signal
import subprocess
import threading
import unittest

import harness
import wire
from fake_backend import redis_backend

SIMULATOR = harness.BIN / "dovetail-sim"


def replay(path, *options):
    return subprocess.run([SIMULATOR, "replay", path, *options], capture_output=True, text=True, timeout=120)


class Recorded(harness.TestCase):
    workers = 1

    def setUp(self):
        self.servers = [self.redis(until=self.addCleanup), self.redis(until=self.addCleanup)]
        self.port = harness.free_port()
        self.running = self.proxy(self.pool(), [self.port], until=self.addCleanup,
                                  options=["--workers", self.workers, "--recorder", 16])
        self.conf = pathlib.Path(self.running.process.args[2])

    def pool(self, **settings):
        named = [f"127.0.0.1:{each.port}:1 s{at}" for at, each in enumerate(self.servers)]
        return harness.pool_yaml("recorded", self.port, named, redis=True, timeout=2000, auto_eject_hosts=True,
                                 server_failure_limit=2, server_retry_timeout=200, **settings)

    def recordings(self):
        before = len(self.running.log_file.read_text())
        self.running.process.send_signal(signal.SIGUSR2)

        def named():
            return re.findall(r"worker \d+ is recorded in (\S+)", self.running.log_file.read_text()[before:])

        wire.wait_until(lambda: len(named()) == self.workers, 10, "the recordings")
        return [pathlib.Path(self.folder, each) for each in named()]

    def load(self, seconds):
        subprocess.run([SIMULATOR, "load", "--proto", "redis", "--host", "127.0.0.1", "--port", str(self.port),
                        "--conns", "8", "--pipeline", "4", "--mix", "get=70,set=20,mget10=10", "--seconds", str(seconds)],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)

    def assert_same(self, path):
        played = replay(path, "--json")
        self.assertEqual(played.returncode, 0, played.stdout + played.stderr)
        return json.loads(played.stdout)


class Replay(Recorded):
    def test_asks_for_the_same_after_losses_reloads_and_rubbish(self):
        busy = threading.Thread(target=self.load, args=(3,))
        busy.start()
        rude = wire.Connection(self.port)
        rude.send(b"*1\r\n$4\r\nPING\r\n*zzz\r\n")
        rude.until_end()
        rude.close()
        self.servers[1].process.kill()
        self.servers[1].process.wait()
        leaves = wire.Connection(self.port)
        leaves.send(wire.command("GET", "k") * 50)
        leaves.close()
        self.conf.write_text(self.pool(server_connections=2))
        self.running.process.send_signal(signal.SIGHUP)
        busy.join()
        client = wire.Connection(self.port)
        self.addCleanup(client.close)
        client.send(wire.command("INFO") + wire.command("CLIENT", "ID"))
        client.reply()
        client.reply()
        for path in self.recordings():
            self.assertGreater(self.assert_same(path)["events"], 100)

    def test_asks_for_the_same_after_reloads_that_set_deadlines_anew(self):
        for server in self.servers:
            server.process.send_signal(signal.SIGSTOP)
            self.addCleanup(server.process.send_signal, signal.SIGCONT)
        client = wire.Connection(self.port)
        self.addCleanup(client.close)
        client.send(b"".join(wire.command("GET", f"k{at}") for at in range(20)))
        for timeout in range(1900, 300, -100):
            before = len(self.running.log_file.read_text())
            self.conf.write_text(self.pool().replace("timeout: 2000", f"timeout: {timeout}"))
            self.running.process.send_signal(signal.SIGHUP)
            wire.wait_until(lambda: "is in force" in self.running.log_file.read_text()[before:], 10, "the reload")
        for path in self.recordings():
            self.assert_same(path)

    def test_becomes_a_script_that_can_be_changed(self):
        client = wire.Connection(self.port)
        self.addCleanup(client.close)
        for words in (["SET", "a", "1"], ["MGET", "a", "b", "c"], ["PING"], ["INCR", "a"]):
            client.ask(*words)
        for server in self.servers:
            server.process.kill()
            server.process.wait()
        self.assertIn(b"refused", client.ask("GET", "a"))
        script = pathlib.Path(self.folder, "incident.yml")
        subprocess.run([SIMULATOR, "import", self.recordings()[0], "-o", script], check=True, timeout=60,
                       stderr=subprocess.DEVNULL)
        text = script.read_text()
        for line in ("servers: 2\n", "    - mget s", "    - echo\n", "    - set s", " 1 message  # event "):
            self.assertIn(line, text)
        # The end of the server is heard, and it is gone before it is asked for a connection.
        self.assertRegex(text, r"- close (s\d) .*\n  - deliver \1 .*\n(.*\n)*  - refuse \1 .*\n  - deliver c\d 1 message")
        name = re.search(r"^  (c\d):$", text, re.M).group(1)
        script.write_text(text + f"expect: {{{name}: [any, any, any, any, '-ERR Connection refused*']}}\n")
        done = subprocess.run([SIMULATOR, "run", script], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + text)

    def test_says_where_a_recording_is_damaged(self):
        self.load(1)
        path = self.recordings()[0]
        whole = path.read_bytes()
        cut = pathlib.Path(self.folder, "cut.recording")
        cut.write_bytes(whole[:-100])
        refused = replay(cut)
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stderr, r"cut\.recording: byte \d+: the file ends")
        self.assertEqual(replay(cut, "--damaged").returncode, 0)

    def test_is_listed_event_by_event(self):
        self.load(1)
        listed = subprocess.run([SIMULATOR, "view", self.recordings()[0], "--until", "40"], capture_output=True, text=True,
                                timeout=60)
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertRegex(listed.stdout, r"accept client \d+ at listener 0")
        self.assertRegex(listed.stdout, r"server \d+ \(127\.0\.0\.1:\d+\): write \d+ of")

    def test_only_the_user_of_the_proxy_may_read_a_recording(self):
        self.assertEqual(self.recordings()[0].stat().st_mode & 0o077, 0)


class WithALyingServer(harness.TestCase):
    def test_what_cannot_be_right_is_written_down_once_a_minute(self):
        backend = redis_backend()
        self.addCleanup(backend.stop)
        port = harness.free_port()
        pool = harness.pool_yaml("recorded", port, [f"127.0.0.1:{backend.port}:1 liar"], redis=True, timeout=2000)
        running = self.proxy(pool, [port], until=self.addCleanup, options=["--workers", 1, "--recorder", 16])
        for _ in range(3):
            client = wire.Connection(port)
            self.addCleanup(client.close)
            client.send(wire.command("GET", "k"))
            backend.answer(b":1\r\n")
            self.assertIn(b"does not fit the request", client.reply())

        def named():
            return re.findall(r"worker 0 is recorded in (\S+)", running.log_file.read_text())

        wire.wait_until(named, 10, "the recording")
        self.assertEqual(len(named()), 1)
        played = replay(pathlib.Path(self.folder, named()[0]), "--json")
        self.assertEqual(played.returncode, 0, played.stdout + played.stderr)


class ReplayOfEachWorker(Recorded):
    workers = 2

    def test_asks_for_the_same(self):
        self.load(1)
        for path in self.recordings():
            self.assert_same(path)


if __name__ == "__main__":
    unittest.main(verbosity=2)
