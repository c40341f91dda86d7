"""Clients that others wrote, under one set of methods."""

import asyncio
import contextlib
import json
import os
import shlex
import tempfile
from importlib.metadata import version


def field(thing, name):
    """A field by its name in SDK 2, where SDK 1 has it in camel case."""
    head, *tail = name.split("_")
    camel = head + "".join(word.title() for word in tail)
    return getattr(thing, name) if hasattr(thing, name) else getattr(thing, camel)


class PythonSdk:
    """The MCP SDK for Python, of which this interpreter has version 1 or 2."""

    CAN_ELICIT = True

    def __init__(self, server, mode, elicits):
        self.server, self.mode = server, mode
        self.callbacks = {"elicitation_callback": self.elicit} if elicits else {}
        self.decision = None
        self.name = f"Python SDK {version('mcp')} {mode}"

    async def connect(self):
        self.stack = contextlib.AsyncExitStack()
        try:
            import mcp
            self.session = await (self.second(mcp) if hasattr(mcp, "Client") else self.first(mcp))
        except BaseException:
            await self.stack.aclose()
            raise

    async def second(self, mcp):
        server = self.server.url() if self.server.transport == "http" else self.parameters(mcp)
        return await self.stack.enter_async_context(mcp.Client(server, mode=self.mode, **self.callbacks))

    async def first(self, mcp):
        from mcp.client.stdio import stdio_client
        from mcp.client.streamable_http import streamablehttp_client

        assert self.mode == "legacy", f"SDK 1 does not speak {self.mode}"
        is_http = self.server.transport == "http"
        streams = streamablehttp_client(self.server.url()) if is_http else stdio_client(self.parameters(mcp))
        read, write, *_ = await self.stack.enter_async_context(streams)
        session = await self.stack.enter_async_context(mcp.ClientSession(read, write, **self.callbacks))
        await session.initialize()
        return session

    async def elicit(self, _, parameters):
        """Fills in the form that the server asks to be shown, as the step says."""
        from mcp.types import ElicitResult

        decision, self.decision = self.decision, None
        assert decision, f"nobody is to be asked: {parameters.message}"
        assert decision["asked"] in parameters.message, parameters.message
        return ElicitResult(action="accept", content=decision["content"])

    def parameters(self, mcp):
        command, *arguments = self.server.command
        return mcp.StdioServerParameters(command=command, args=arguments)

    async def disconnect(self, kill=None):
        if kill:
            kill()
        await self.stack.aclose()

    async def call(self, tool, arguments):
        result = await self.session.call_tool(tool, arguments)
        return result.content[0].text, field(result, "structured_content"), bool(field(result, "is_error"))

    async def read(self, uri):
        return (await self.session.read_resource(uri)).contents[0].text

    async def prompt(self, name, arguments):
        return (await self.session.get_prompt(name, arguments)).messages[0].content.text

    async def tools(self):
        return [tool.name for tool in (await self.session.list_tools()).tools]

    async def prompts(self):
        return [prompt.name for prompt in (await self.session.list_prompts()).prompts]

    async def resources(self):
        return [str(resource.uri) for resource in (await self.session.list_resources()).resources]

    async def templates(self):
        listed = field(await self.session.list_resource_templates(), "resource_templates")
        return [field(template, "uri_template") for template in listed]


class Inspector:
    """The command line of the MCP Inspector. Each request is a process, and over stdio a server, of its own."""

    CAN_ELICIT = False

    def __init__(self, server, mode, elicits):
        assert not elicits, "nobody can be asked"
        self.server, self.mode = server, mode
        self.inspector = shlex.split(os.environ["INSPECTOR"])
        self.name = f"Inspector {mode}"

    async def connect(self):
        pass

    async def disconnect(self, kill=None):
        if kill and self.server.transport == "http":
            kill()

    async def ask(self, method, *arguments):
        is_http = self.server.transport == "http"
        target = ["--server-url", self.server.url(), "--transport", "http"] if is_http else self.server.command
        options = ["--cli", "--protocol-era", self.mode, "--format", "json", "--quiet"]
        asked = [*self.inspector, *options, "--method", method, *arguments]
        # A server's own options would be taken for the Inspector's, so the server is in a file.
        with tempfile.NamedTemporaryFile("w", suffix=".json") as config:
            if not is_http:
                command, *rest = target
                json.dump({"mcpServers": {"server": {"command": command, "args": rest}}}, config)
                config.flush()
                target = ["--config", config.name, "--server", "server"]
            process = await asyncio.create_subprocess_exec(
                *asked, *target, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
            )
            out, err = await process.communicate()
        assert out, f"the Inspector ended with {process.returncode}: {err.decode()}"
        return json.loads(out)["result"]

    async def call(self, tool, arguments):
        result = await self.ask("tools/call", "--tool-name", tool, "--tool-args-json", json.dumps(arguments))
        return result["content"][0]["text"], result["structuredContent"], bool(result.get("isError"))

    async def read(self, uri):
        return (await self.ask("resources/read", "--uri", uri))["contents"][0]["text"]

    async def prompt(self, name, arguments):
        pairs = [f"{key}={value}" for key, value in arguments.items()]
        options = ["--prompt-args", *pairs] if pairs else []
        result = await self.ask("prompts/get", "--prompt-name", name, *options)
        return result["messages"][0]["content"]["text"]

    async def tools(self):
        return [tool["name"] for tool in (await self.ask("tools/list"))["tools"]]

    async def prompts(self):
        return [prompt["name"] for prompt in (await self.ask("prompts/list"))["prompts"]]

    async def resources(self):
        return [resource["uri"] for resource in (await self.ask("resources/list"))["resources"]]

    async def templates(self):
        listed = (await self.ask("resources/templates/list"))["resourceTemplates"]
        return [template["uriTemplate"] for template in listed]
