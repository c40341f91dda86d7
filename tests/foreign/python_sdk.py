"""Drives every tool, prompt and resource of the orchestrator by the MCP SDK for Python.

    python -m venv venv && venv/bin/pip install 'mcp==2.3.*'        (or 1.30.*)
    venv/bin/python tests/foreign/python_sdk.py target/debug/leverframe

SDK 2 connects in each style: by `server/discover`, with no such word before the first call, and by `initialize`.
SDK 1 knows the last alone.
It takes a second or two, prints what it did, and fails on the first answer that is not as it has to be.
"""

import asyncio
import contextlib
import json
import sys

import mcp
from mcp import StdioServerParameters

PROGRAM = sys.argv[1] if len(sys.argv) > 1 else "target/debug/leverframe"
PARAMETERS = StdioServerParameters(command=PROGRAM, args=["serve", "--store", "memory"])


@contextlib.asynccontextmanager
async def connect(mode):
    """A session, whatever the SDK calls it."""
    if hasattr(mcp, "Client"):
        async with mcp.Client(PARAMETERS, mode=mode) as client:
            print(f"  protocol {client.protocol_version}, mode {mode}")
            yield client
    else:
        from mcp import ClientSession
        from mcp.client.stdio import stdio_client

        async with stdio_client(PARAMETERS) as (read, write):
            async with ClientSession(read, write) as session:
                started = await session.initialize()
                print(f"  protocol {started.protocolVersion}")
                yield session


def field(thing, name):
    """A field by its name in SDK 2, where SDK 1 has it in camel case."""
    head, *tail = name.split("_")
    camel = head + "".join(word.title() for word in tail)
    return getattr(thing, name) if hasattr(thing, name) else getattr(thing, camel)


def check(found, expected, what):
    assert found == expected, f"{what}: expected {expected!r}, found {found!r}"


class Driver:
    def __init__(self, session):
        self.session = session
        self.called = set()

    async def call(self, tool, arguments=None, error=False):
        self.called.add(tool)
        result = await self.session.call_tool(tool, arguments or {})
        content = field(result, "structured_content")
        check(bool(field(result, "is_error")), error, f"{tool} {arguments} is an error ({content})")
        check(json.loads(result.content[0].text), content, f"the text of {tool}")
        return content

    async def read(self, uri):
        result = await self.session.read_resource(uri)
        return result.contents[0].text

    async def prompt(self, name, arguments=None):
        result = await self.session.get_prompt(name, arguments or {})
        return result.messages[0].content.text


async def drive(mode):
    async with connect(mode) as session:
        driver = Driver(session)
        call, read, prompt = driver.call, driver.read, driver.prompt
        tools = [tool.name for tool in (await session.list_tools()).tools]

        check((await call("get_current_state"))["state"], "IDLE", "the first state")
        check((await call("list_runs"))["runs"], [], "the runs")
        check((await call("start_run", {"run": "other"}))["version"], 0, "a new run")
        moved = await call("transition_state", {"new_state": "planning", "arguments": {"task_description": "tea"}})
        check((moved["state"], moved["event"], moved["version"]), ("PLANNING", "plan", 1), "the move")
        for role in ["user", "assistant", "system"]:
            await call(f"add_{role}_message", {"message": role})
        said = await call("get_conversation_history", {"max_messages": 2})
        check([message["role"] for message in said["value"]], ["assistant", "system"], "the conversation")
        check((await call("get_conversation_history", {"max_messages": 0}))["value"], [], "no messages")
        await call("store_task_data", {"key": "k", "value": "v"})
        await call("store_knowledge", {"key": "n", "value": "w"})
        check((await call("get_task_data", {"key": "k"}))["value"], "v", "task data")
        check((await call("list_task_data_keys"))["value"], ["k", "task_description"], "the keys")
        check((await call("get_knowledge", {"key": "n"}))["value"], "w", "knowledge")
        check((await call("list_knowledge_keys"))["value"], ["n"], "the keys")
        check(len((await call("get_history"))["records"]), 7, "the history")
        check((await call("get_current_state", {"run": "other"}))["state"], "IDLE", "the other run")
        check(driver.called, set(tools), "every tool is called")

        refused = await call("transition_state", {"new_state": "REVIEWING"}, error=True)
        check(refused["refused"]["kind"], "no_transition", "the refusal")
        way = refused["legal"][1]["to"][0]
        check((await call("transition_state", {"new_state": way}))["state"], "RESEARCHING", "the way on")
        check((await call("get_task_data", {"kee": "k"}, error=True))["invalid"][0]["argument"], "kee", "the argument")

        prompts = (await session.list_prompts()).prompts
        for one in prompts:
            given = {argument.name: "given" for argument in one.arguments or []}
            text = await prompt(one.name, given)
            check(one.name.removesuffix("_prompt").upper() in text, True, f"{one.name} names its state")
            check("given" in text.split("\n\n")[1], bool(given), f"{one.name} names its argument")

        resources = [str(one.uri) for one in (await session.list_resources()).resources]
        templates = [field(one, "uri_template") for one in
                     field(await session.list_resource_templates(), "resource_templates")]
        check(json.loads(await read("state://current"))["state"], "RESEARCHING", "state://current")
        check("stateDiagram-v2" in await read("machine://chart"), True, "machine://chart")
        check(len(json.loads(await read("orchestration://history"))), 3, "orchestration://history")
        check("tea" in await read("state://PLANNING/prompt"), True, "state://PLANNING/prompt")
        check(json.loads(await read("run://other/state"))["version"], 0, "run://other/state")
        check(len(json.loads(await read("run://main/history"))["records"]), 8, "run://main/history")
        check("tea" in await read("run://other/prompt/PLANNING"), False, "run://other/prompt/PLANNING")
        print(f"  {len(tools)} tools, {len(prompts)} prompts, {len(resources)} resources, {len(templates)} templates: ok")


for mode in ["auto", "2026-07-28", "legacy"] if hasattr(mcp, "Client") else [None]:
    asyncio.run(drive(mode))
