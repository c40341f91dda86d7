"""A program that serves over standard input and output, or over HTTP."""

import os
import re
import signal
import subprocess


class Server:
    def __init__(self, program, transport, store, options=()):
        self.transport = transport
        self.program, self.store = program, store
        self.arguments = [program, "serve", "--store", store, *options]
        self.pid_file = f"{store}.pid"
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.terminate()
            code = self.process.wait(timeout=20)
            assert code == 0, f"the server ended with {code}"

    @property
    def command(self):
        """The command that a client starts, for standard input and output. It leaves its process id in a file."""
        return ["sh", "-c", 'echo $$ > "$0"; exec "$@"', self.pid_file, *self.arguments]

    def url(self):
        """The address of the server over HTTP, which is started if it does not run."""
        if not self.process:
            arguments = [*self.arguments, "--http", "127.0.0.1:0"]
            self.process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
            self.address = None
            for line in self.process.stderr:
                if found := re.search(r"http://\S+/mcp", line):
                    self.address = found[0]
                    break
            assert self.address, "the server names no address"
        return self.address

    def run(self, command):
        """What another command of the program prints, which works on the same store."""
        command = [self.program, *command, "--store", self.store]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, f"{command} ended with {done.returncode}: {done.stderr}"
        return done.stdout

    def kill(self):
        """Ends the server by SIGKILL."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
        elif os.path.exists(self.pid_file):
            with open(self.pid_file) as file:
                os.kill(int(file.read()), signal.SIGKILL)
