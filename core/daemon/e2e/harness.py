"""Starts the programs the tests talk to: on free loopback ports, stopped by the pid they got.

Every helper takes a unittest.TestCase class or instance and leaves the stopping to its clean-ups.
"""

import os
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import unittest

import wire

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get("DOVETAIL_BIN", ROOT / "build/release/bin")).resolve()

# Sanitizers and two busy cores are slow; a start that takes longer than this has failed.
START_SECONDS = 20.0


def sanitized():
    """Whether the proxy was built with a sanitizer, which keeps the memory that is freed."""
    return any(mark in (BIN / "dovetail").read_bytes() for mark in (b"__asan_init", b"__tsan_init"))


def free_port():
    """A port nobody listens on, below the range from which outgoing connections take theirs."""
    while True:
        port = random.SystemRandom().randrange(12000, 32000)
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def answers(port):
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


class Program:
    """A child process and the file with its output."""

    def __init__(self, arguments, folder, name):
        self.log = pathlib.Path(folder, f"{name}.log")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(argument) for argument in arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
            )
        self.name = name

    def wait_for(self, port):
        def up():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended at once:\n{self.output()}")
            return answers(port)

        wire.wait_until(up, START_SECONDS, f"{self.name} to listen on {port}")

    def output(self):
        return self.log.read_text(errors="replace")[-4000:]

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode


class Server(Program):
    """A backend: redis-server or memcached."""

    def __init__(self, arguments, folder, name, port):
        super().__init__(arguments, folder, name)
        self.port = port
        self.wait_for(port)

    def connect(self):
        return wire.Connection(self.port)


def start_redis(folder, port, *options):
    arguments = ["redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "",
                 "--appendonly", "no", "--dir", folder, *options]
    return Server(arguments, folder, f"redis-{port}", port)


def start_memcached(folder, port, *options):
    # One thread: cas numbers and evictions are then the same in every run.
    arguments = ["memcached", "-l", "127.0.0.1", "-p", port, "-U", 0, "-t", 1, "-m", 64, *options]
    if os.geteuid() == 0:
        arguments += ["-u", "nobody"]
    return Server(arguments, folder, f"memcached-{port}", port)


def start_on_free_port(start, folder, *options):
    """Somebody else may take a free port before we do: then another one."""
    for _ in range(4):
        try:
            return start(folder, free_port(), *options)
        except RuntimeError as ended:
            reason = ended
    raise reason


def pool_yaml(name, port, servers, **settings):
    """One pool in nutcracker's YAML. `servers` are ports, or whole server lines."""
    lines = [f"{name}:", f"  listen: 127.0.0.1:{port}"]
    for key, value in settings.items():
        lines.append(f"  {key}: {str(value).lower() if isinstance(value, bool) else value}")
    lines.append("  servers:")
    for server in servers:
        line = server if isinstance(server, str) else f"127.0.0.1:{server}:1"
        lines.append(f"    - {line}")
    return "\n".join(lines) + "\n"


class Proxy(Program):
    """dovetail, or nutcracker with the same file: the program is all that differs."""

    def __init__(self, folder, yaml, program=None, options=(), under=()):
        """`under`: the words of a command that runs it."""
        program = program or BIN / "dovetail"
        self.stats_port = free_port()
        name = pathlib.Path(program).name
        conf = pathlib.Path(folder, f"{name}-{self.stats_port}.yml")
        conf.write_text(yaml)
        log = pathlib.Path(folder, f"{name}-{self.stats_port}.out")
        arguments = [program, "-c", conf, "-o", log, "-a", "127.0.0.1", "-s", self.stats_port,
                     "-i", 100]
        if program == BIN / "dovetail":
            arguments += ["--workers", 1]  # what a test counts it counts once; options may say more
        super().__init__([*under, *arguments, *options], folder, f"{name}-{self.stats_port}")
        self.log_file = log
        self.wait_for(self.stats_port)

    def output(self):
        own = self.log_file.read_text(errors="replace")[-4000:] if self.log_file.exists() else ""
        return super().output() + own

    def stats(self):
        import json

        with wire.Connection(self.stats_port) as ask:
            return json.loads(ask.until_end())


class TestCase(unittest.TestCase):
    """A test with a folder for its programs' files; everything started is stopped at its end,
    and a proxy that did not live until then fails the test."""

    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="dovetail-e2e-")
        os.chmod(cls.folder, 0o755)
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)

    @classmethod
    def redis(cls, *options, until=None):
        server = start_on_free_port(start_redis, cls.folder, *options)
        (until or cls.addClassCleanup)(server.stop)
        return server

    @classmethod
    def memcached(cls, *options, until=None):
        server = start_on_free_port(start_memcached, cls.folder, *options)
        (until or cls.addClassCleanup)(server.stop)
        return server

    @classmethod
    def proxy(cls, yaml, ports, program=None, options=(), until=None):
        """Starts a proxy and waits for all of `ports`."""
        proxy = Proxy(cls.folder, yaml, program, options)
        (until or cls.addClassCleanup)(stop_healthy, proxy)
        for port in ports:
            proxy.wait_for(port)
        return proxy


def stop_healthy(proxy):
    """Stops a proxy that must still be running: a crash or a sanitizer's complaint is an error."""
    died = proxy.process.poll()
    ended = proxy.stop()
    output = proxy.output()
    if died is not None:
        raise AssertionError(f"{proxy.name} ended by itself with {died}:\n{output}")
    if "Sanitizer" in output:
        raise AssertionError(f"{proxy.name} ended with {ended}:\n{output}")


def seed():
    """The seed of a random test: fixed, so that a failure repeats; another one by DOVETAIL_SEED."""
    return int(os.environ.get("DOVETAIL_SEED", "1"))
