// Takes a server through `scenario.json` by the MCP SDK for TypeScript, which NODE_PATH leads to.
//
//     node drive.cjs FOLDER stdio|http legacy|auto|2026-07-28
//
// FOLDER is where cargo puts programs (`target/debug`). It fails on the first answer that is not as it has to be.

const assert = require("node:assert/strict");
const { execFileSync, spawn } = require("node:child_process");
const { once } = require("node:events");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");
const { Client, StreamableHTTPClientTransport } = require("@modelcontextprotocol/client");
const { StdioClientTransport } = require("@modelcontextprotocol/client/stdio");

const PROGRAMS = {
  orchestrator: "leverframe",
  gate: "examples/conformance",
  elicitation: "examples/conformance",
};
const OPTIONS = { elicitation: ["--gates", "elicit"] };
const [folder, transport, mode] = process.argv.slice(2);

/** A program that serves over standard input and output, or over HTTP. */
class Server {
  constructor(program, store, options) {
    this.command = program;
    this.store = store;
    this.args = ["serve", "--store", store, ...options];
  }

  /** A way to the server. Over HTTP the server is started if it does not run. */
  async transport() {
    if (transport === "stdio") {
      this.pipes = new StdioClientTransport({ command: this.command, args: this.args });
      return this.pipes;
    }
    if (!this.process) {
      const args = [...this.args, "--http", "127.0.0.1:0"];
      this.process = spawn(this.command, args, { stdio: ["ignore", "ignore", "pipe"] });
      for await (const line of readline.createInterface(this.process.stderr)) {
        this.url = line.match(/http:\/\/\S+\/mcp/)?.[0];
        if (this.url) break;
      }
      assert(this.url, "the server names no address");
    }
    return new StreamableHTTPClientTransport(new URL(this.url));
  }

  /** What another command of the program prints, which works on the same store. */
  run(command) {
    const args = [...command, "--store", this.store];
    return execFileSync(this.command, args, { encoding: "utf8", timeout: 20_000 });
  }

  /** Ends the server by SIGKILL. */
  async kill() {
    if (transport === "stdio") process.kill(this.pipes.pid, "SIGKILL");
    else await this.end("SIGKILL");
  }

  async end(signal) {
    if (!this.process) return;
    const ended = once(this.process, "exit");
    this.process.kill(signal);
    const [code] = await ended;
    this.process = undefined;
    if (signal === "SIGTERM") assert.equal(code, 0, "the server's exit code");
  }
}

/** What the user fills in when the server asks. */
let decision;

async function connect(server, elicits) {
  const pinned = ["legacy", "auto"].includes(mode) ? mode : { pin: mode };
  const options = { versionNegotiation: { mode: pinned } };
  if (elicits) options.capabilities = { elicitation: { form: {} } };
  const client = new Client({ name: "foreign", version: "1" }, options);
  if (elicits)
    client.setRequestHandler("elicitation/create", ({ params }) => {
      const given = decision;
      decision = undefined;
      assert(given && params.message.includes(given.asked), params.message);
      return { action: "accept", content: given.content };
    });
  await client.connect(await server.transport());
  return client;
}

/** The value at a JSON pointer, or undefined. */
const at = (value, pointer) => pointer.split("/").slice(1).reduce((value, key) => value?.[key], value);

async function take(step, client, server, used) {
  let text;
  if (step.call) {
    used.tools.add(step.call);
    decision = step.elicit;
    const result = await client.callTool({ name: step.call, arguments: step.arguments ?? {} });
    text = result.content[0].text;
    assert.equal(result.isError ?? false, step.refused ?? false, text);
    assert.deepEqual(JSON.parse(text), result.structuredContent);
    for (const [pointer, expected] of Object.entries(step.expect ?? {}))
      assert.deepEqual(at(result.structuredContent, pointer), expected, `${pointer} of ${text}`);
    for (const [pointer, expected] of Object.entries(step.count ?? {}))
      assert.equal(at(result.structuredContent, pointer).length, expected, `${pointer} of ${text}`);
  } else if (step.read) {
    used.resources.add(step.read);
    text = (await client.readResource({ uri: step.read })).contents[0].text;
  } else if (step.prompt) {
    used.prompts.add(step.prompt);
    const result = await client.getPrompt({ name: step.prompt, arguments: step.arguments ?? {} });
    text = result.messages[0].content.text;
  } else if (step.command) {
    text = server.run(step.command);
  } else if (step.templates) {
    const listed = (await client.listResourceTemplates()).resourceTemplates;
    assert.deepEqual(listed.map((template) => template.uriTemplate).sort(), step.templates);
  } else if (step.everything) {
    const names = (things) => new Set(things.map((thing) => thing.name));
    assert.deepEqual(names((await client.listTools()).tools), used.tools);
    assert.deepEqual(names((await client.listPrompts()).prompts), used.prompts);
    const uris = (await client.listResources()).resources.map((resource) => resource.uri);
    assert.deepEqual(uris.filter((uri) => !used.resources.has(uri)), []);
  } else {
    assert.fail("no client knows this step");
  }
  for (const part of step.contains ?? []) assert(text.includes(part), `\`${part}\` in ${text}`);
}

async function main() {
  const tasks = JSON.parse(fs.readFileSync(path.join(__dirname, "scenario.json"), "utf8"));
  for (const [task, steps] of Object.entries(tasks)) {
    const store = fs.mkdtempSync(path.join(os.tmpdir(), "foreign-"));
    const server = new Server(path.join(folder, PROGRAMS[task]), path.join(store, "runs.db"), OPTIONS[task] ?? []);
    const elicits = task === "elicitation";
    const used = { tools: new Set(), prompts: new Set(), resources: new Set() };
    let client = await connect(server, elicits);
    for (const step of steps) {
      if (step.reconnect) {
        await server.kill();
        await client.close();
        client = await connect(server, elicits);
        continue;
      }
      await take(step, client, server, used).catch((error) => {
        error.message = `${JSON.stringify(step)}\n${error.message}`;
        throw error;
      });
    }
    await client.close();
    await server.end("SIGTERM");
    fs.rmSync(store, { recursive: true });
    console.log(`TypeScript SDK ${mode}, ${transport}, ${task}: ${steps.length} steps: ok`);
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
