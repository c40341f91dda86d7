"""Checks what `bundle` and `server-json` write, beside the published tools: packages.py FOLDER PROGRAM."""

import asyncio
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import mcp

folder, program = Path(sys.argv[1]), Path(sys.argv[2]).resolve()


async def drive(manifest):
    """Starts the server of an unpacked bundle as the manifest says, and calls a tool."""
    start = manifest["server"]["mcp_config"]
    command, *arguments = [
        part.replace("${__dirname}", str(folder / "unpacked")) for part in [start["command"], *start["args"]]
    ]
    async with mcp.Client(mcp.StdioServerParameters(command=command, args=arguments)) as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        listed = {tool["name"] for tool in manifest["tools"]}
        assert tools == listed, f"the manifest lists {listed}, and the server has {tools}"
        result = await client.call_tool("get_current_state", {})
        assert not result.is_error and "legal" in result.structured_content, result


# What the registry demands of an entry, as far as `server-json` writes it.
URL = {"type": "string", "format": "uri", "pattern": "^https://"}
TRANSPORT = {"type": "object", "required": ["type"], "properties": {"type": {"enum": ["stdio", "streamable-http", "sse"]}}}
BUNDLE = {
    "type": "object",
    "required": ["registryType", "identifier", "transport", "fileSha256"],
    "properties": {
        "registryType": {"const": "mcpb"},
        "identifier": URL,
        "fileSha256": {"type": "string", "pattern": "^[a-f0-9]{64}$"},
        "transport": TRANSPORT,
    },
}
ENTRY = {
    "type": "object",
    "required": ["$schema", "name", "description", "version"],
    "properties": {
        "$schema": URL,
        "name": {"type": "string", "maxLength": 200, "pattern": "^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$"},
        "description": {"type": "string", "minLength": 1, "maxLength": 100},
        "version": {"type": "string", "maxLength": 255, "pattern": "^[0-9]"},
        "repository": {"type": "object", "required": ["url", "source"], "properties": {"url": URL}},
        "packages": {"type": "array", "items": BUNDLE},
        "remotes": {
            "type": "array",
            "items": {"allOf": [TRANSPORT, {"required": ["url"], "properties": {"url": URL}}]},
        },
    },
}


def validate(entry):
    validator = jsonschema.Draft7Validator(ENTRY, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
    return [error.message for error in validator.iter_errors(entry)]


asyncio.run(drive(json.loads((folder / "unpacked/manifest.json").read_text())))

bundle = folder / "program.mcpb"
printed = subprocess.run(
    [program, "server-json", "io.github.ada/program", "--remote", "https://example.org/mcp"]
    + ["--bundle", f"{bundle}=https://github.com/ada/program/releases/download/v1/program.mcpb"]
    + ["--repository", "https://github.com/ada/program"],
    check=True, capture_output=True,
).stdout
entry = json.loads(printed)
assert not validate(entry), validate(entry)
assert entry["packages"][0]["fileSha256"] == hashlib.sha256(bundle.read_bytes()).hexdigest()
# The check finds what is wrong.
assert validate(entry | {"name": "program"}) and validate(entry | {"packages": [{"registryType": "mcpb"}]})
print(f"{program.name}: the unpacked bundle answers, and the entry is valid")
