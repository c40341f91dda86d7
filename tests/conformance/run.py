"""Runs the protocol's conformance suite against the program, and against the example that has the suite's fixtures.

    python run.py FOLDER

FOLDER is where cargo puts programs (`target/debug`); CONFORMANCE names the suite's command. What a revision requires has
to pass, except, for the program, the scenarios that a file beside this one lists with the fixture that each lacks.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "foreign"))

from server import Server  # noqa: E402

REVISIONS = ["2025-11-25", "2026-07-28"]


def check(server, name, revision, known):
    """Runs what a revision requires. `known` are the options that name the known failures."""
    command = [*shlex.split(os.environ["CONFORMANCE"]), "server", "--url", server.url(), "--requirements", revision]
    done = subprocess.run([*command, *known], capture_output=True, text=True, timeout=300)
    summary = done.stdout.partition("=== SUMMARY ===")[2]
    if done.returncode != 0 or not summary:
        sys.exit(f"{done.stdout}{done.stderr}\nconformance {revision} of {name}: failed")
    passed = re.findall(r"^✓ ", summary, re.MULTILINE)
    print(f"conformance {revision} of {name}: {len(passed)} scenarios pass: ok", flush=True)


def main(folder):
    for name, has_fixtures in [("leverframe", False), ("examples/conformance", True)]:
        with Server(os.path.join(folder, name), "http", "memory") as server:
            for revision in REVISIONS:
                known = [] if has_fixtures else ["--expected-failures", str(HERE / f"{revision}.yaml")]
                check(server, name, revision, known)


main(*sys.argv[1:])
