"""Takes a server through `scenario.json` by a client that others wrote.

    python drive.py FOLDER stdio|http python legacy|auto|2026-07-28
    python drive.py FOLDER stdio|http inspector legacy|modern

FOLDER is where cargo puts programs (`target/debug`). `python` is the MCP SDK for Python that this interpreter has (1.30
speaks `legacy` alone); `inspector` is the command that INSPECTOR names. It fails on the first answer that is not as
it has to be.
"""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from clients import Inspector, PythonSdk
from server import Server

PROGRAMS = {"orchestrator": "leverframe", "gate": "examples/conformance", "elicitation": "examples/conformance"}
OPTIONS = {"elicitation": ["--gates", "elicit"]}


def at(value, pointer):
    """The value at a JSON pointer, or None."""
    for key in pointer.split("/")[1:]:
        if isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict):
            value = value.get(key)
        else:
            return None
    return value


class Scenario:
    def __init__(self, client, server):
        self.client, self.server = client, server
        self.used = {"tools": set(), "prompts": set(), "resources": set()}

    async def take(self, step):
        if "call" in step:
            self.used["tools"].add(step["call"])
            self.client.decision = step.get("elicit")
            text, value, is_error = await self.client.call(step["call"], step.get("arguments", {}))
            self.equal(is_error, step.get("refused", False), step, text)
            self.equal(json.loads(text), value, step, "text and structured content differ")
            for pointer, expected in step.get("expect", {}).items():
                self.equal(at(value, pointer), expected, step, f"{pointer} of {text}")
            for pointer, expected in step.get("count", {}).items():
                self.equal(len(at(value, pointer)), expected, step, f"{pointer} of {text}")
        elif "read" in step:
            self.used["resources"].add(step["read"])
            text = await self.client.read(step["read"])
        elif "prompt" in step:
            self.used["prompts"].add(step["prompt"])
            text = await self.client.prompt(step["prompt"], step.get("arguments", {}))
        elif "command" in step:
            text = self.server.run(step["command"])
        elif "reconnect" in step:
            await self.client.disconnect(self.server.kill)
            await self.client.connect()
            return
        elif "templates" in step:
            self.equal(sorted(await self.client.templates()), step["templates"], step, "the templates")
            return
        elif "everything" in step:
            self.equal(set(await self.client.tools()), self.used["tools"], step, "the tools")
            self.equal(set(await self.client.prompts()), self.used["prompts"], step, "the prompts")
            unread = set(await self.client.resources()) - self.used["resources"]
            self.equal(unread, set(), step, "the unread resources")
            return
        else:
            raise SystemExit(f"no client knows this step: {step}")
        for part in step.get("contains", []):
            self.equal(part in text, True, step, f"`{part}` in {text}")

    @staticmethod
    def equal(found, expected, step, what):
        if found != expected:
            raise SystemExit(f"{json.dumps(step)}\n  {what}\n  expected {expected!r}, found {found!r}")


async def main(folder, transport, kind, mode):
    make = {"python": PythonSdk, "inspector": Inspector}[kind]
    tasks = json.loads(Path(__file__).with_name("scenario.json").read_text())
    for task, steps in tasks.items():
        if task == "elicitation" and not make.CAN_ELICIT:
            continue
        with tempfile.TemporaryDirectory() as store:
            program = os.path.join(folder, PROGRAMS[task])
            with Server(program, transport, os.path.join(store, "runs.db"), OPTIONS.get(task, [])) as server:
                client = make(server, mode, elicits=task == "elicitation")
                await client.connect()
                try:
                    scenario = Scenario(client, server)
                    for step in steps:
                        await scenario.take(step)
                finally:
                    await client.disconnect()
                print(f"{client.name}, {transport}, {task}: {len(steps)} steps: ok", flush=True)


asyncio.run(main(*sys.argv[1:]))
