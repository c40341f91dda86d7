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
here = Path(__file__).parent


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


def validate(entry):
    # `schemas/2025-12-11` of github.com/modelcontextprotocol/static; its licence is in server.schema.LICENSE.
    schema = json.loads((here / "server.schema.json").read_text())
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
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
# The schema finds what is wrong.
assert validate(entry | {"name": "program"}) and validate(entry | {"packages": [{"registryType": "mcpb"}]})
print(f"{program.name}: the unpacked bundle answers, and the entry is valid")
