// Gives charts to mermaid's own parser and to XState, which NODE_PATH leads to.
//
//     node charts.cjs FOLDER
//
// FOLDER holds what `tests/walk/sequences.rs` writes. Mermaid has to read each diagram with its states and arrows; XState has to
// do with each event of each sequence what the real machine did.

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { JSDOM } = require("jsdom");
const { SimulatedClock, createActor, createMachine, fromCallback } = require("xstate");

const [folder] = process.argv.slice(2);
const read = (name) => fs.readFileSync(path.join(folder, name), "utf8");
const endings = (ending) => fs.readdirSync(folder).filter((name) => name.endsWith(ending)).sort();

/** The marks of a run in a file's name. */
const isMarked = (name) => name.includes(".marked.");

/** mermaid needs a document, also to read. */
async function mermaidOf() {
  const { window } = new JSDOM("");
  Object.assign(globalThis, { window, document: window.document });
  const module = path.join(process.env.NODE_PATH, "mermaid/dist/mermaid.core.mjs");
  return (await import(pathToFileURL(module))).default;
}

async function checkMermaid() {
  const mermaid = await mermaidOf();
  const names = endings(".mmd");
  for (const name of names) {
    const chart = JSON.parse(read(name.replace(/mmd$/, "json")));
    await mermaid.parse(read(name));
    const diagram = await mermaid.mermaidAPI.getDiagramFromText(read(name));
    assert.equal(diagram.type, "stateDiagram", name);
    const states = diagram.db.getStates();
    const items = itemsIn(diagram.db.rootDoc);
    const all = [...chart.states, ...(chart.superstates ?? [])];
    for (const { name: state, parent, docs } of all) {
      const isIt = (id) => id === state || id === `${state}_`;
      const own = items.filter(({ item }) => item.stmt === "state" && isIt(item.id));
      assert(own.length > 0, `${name} has no state ${state}`);
      const texts = own.map(({ item }) => plain([item.description].flat().join("\n")));
      assert(texts.join("\n").includes(summary(docs)), `${name}: the text of ${state} is ${texts}`);
      const around = own.filter(({ around }) => around).map(({ around }) => around.replace(/_$/, ""));
      assert.deepEqual([...new Set(around)], parent ? [parent] : [], `${name}: what is around ${state}`);
    }
    const ends = chart.states.filter((state) => state.final).length;
    const arrows = chart.events
      .filter((event) => event.clauses.some((clause) => clause.to || clause.history))
      .flatMap((event) => event.clauses)
      .map(({ from, to = [], history }) => from.length * Math.max(1, to.length + (history ? 1 : 0)))
      .reduce((sum, count) => sum + count, 1 + ends);
    const drawn = items.filter(({ item }) => item.stmt === "relation");
    assert.equal(drawn.length, arrows, `the arrows of ${name}`);
    // Nothing that an author writes is a statement.
    const known = ["state", "relation", "classDef", "applyClass"];
    for (const { item } of items) assert(known.includes(item.stmt), `${name} has a statement ${item.stmt}`);
    const present = [...states.values()].filter((state) => state.classes.includes("present"));
    assert.equal(present.length, isMarked(name) ? 1 : 0, `the present state of ${name}`);
  }
  console.log(`mermaid read ${names.length} diagrams`);
}

/** All statements, each with the state around it. */
function itemsIn(doc, around) {
  return doc.flatMap((item) => [{ item, around }, ...(item.doc ? itemsIn(item.doc, item.id) : [])]);
}

/** A text with the entities that mermaid keeps for the drawing. */
function plain(text) {
  return text.replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(code));
}

/** The first paragraph of a documentation. */
function summary(docs = "") {
  return docs.trim().split(/\n\s*\n/)[0].split("\n").map((line) => line.trim()).join(" ");
}

/** What a program around the machine provides: guards that read their verdict from the event, and tasks that do nothing. */
function provided(config) {
  const guards = {
    "all of": ({ event }, params) => params.guards.every((guard) => event.guards[guard]),
    "leads to": ({ event }, { to, guards = [] }) =>
      event.to === to && guards.every((guard) => event.guards[guard]),
  };
  const actors = {};
  for (const node of nodes(config)) {
    for (const { guard } of transitions(node)) {
      if (typeof guard === "string") guards[guard] = ({ event }) => event.guards[guard];
    }
    for (const { src } of node.invoke ?? []) actors[src] = fromCallback(() => {});
  }
  return { guards, actors };
}

function nodes(node) {
  return [node, ...Object.values(node.states ?? {}).flatMap(nodes)];
}

function transitions(node) {
  return [node.on, node.after].flatMap((on) => Object.values(on ?? {}).flat());
}

/** The names under which XState sends timeouts, by source and event. */
function delayed(config) {
  const found = new Map();
  for (const node of nodes(config)) {
    for (const [delay, list] of Object.entries(node.after ?? {})) {
      for (const { meta } of list) found.set(`${node.id} ${meta.event}`, `xstate.after.${delay}.${node.id}`);
    }
    for (const [name, list] of Object.entries(node.on ?? {})) {
      if (!name.startsWith("xstate.after.")) continue;
      for (const { meta } of list) found.set(`${meta.from} ${meta.event}`, name);
    }
  }
  return found;
}

function leafOf(value) {
  while (typeof value === "object") [value] = Object.values(value);
  return value;
}

class Run {
  constructor(name, machine, names) {
    this.where = name;
    this.names = names;
    this.actor = createActor(machine, { clock: new SimulatedClock() }).start();
  }

  /** The state, its tasks and its timeouts are those of the real machine. */
  compare(expected) {
    const snapshot = this.actor.getSnapshot();
    const where = this.where;
    assert.equal(leafOf(snapshot.value), expected.state, where);
    assert.equal(snapshot.status, expected.ended ? "done" : "active", where);
    if (expected.ended) return;
    const running = Object.keys(snapshot.children);
    assert.deepEqual(running.sort(), [...expected.tasks].sort(), `${where}: tasks`);
    const waiting = [...this.waiting().keys()];
    for (const [event, source] of expected.timeouts) {
      const type = this.names.get(`${source} ${event}`);
      assert(waiting.includes(type), `${where}: ${event} of ${source} does not wait`);
    }
    const active = snapshot._nodes.map((node) => node.id);
    for (const type of waiting) {
      assert(active.includes(type.split(".").at(-1)), `${where}: ${type} still waits`);
    }
  }

  /** What waits, by its name. Each entry of a state makes it anew. */
  waiting() {
    const scheduled = Object.values(this.actor.system.getSnapshot()._scheduledEvents);
    return new Map(scheduled.map((one) => [one.event.type, one]));
  }

  take(step, timeouts) {
    const before = this.waiting();
    const { event, to, guards, accepted } = step;
    const timeout = step.is_timeout && timeouts.find(([name]) => name === event);
    const type = timeout ? this.names.get(`${timeout[1]} ${event}`) : event;
    this.where += ` ${event}`;
    const message = { type, to, guards };
    assert.equal(this.actor.getSnapshot().can(message), accepted, `${this.where} is accepted`);
    this.actor.send(message);
    this.compare(step.after);
    if (step.after.ended) return;
    const now = this.waiting();
    for (const [name, source] of step.after.timeouts) {
      const timer = this.names.get(`${source} ${name}`);
      const isNew = now.get(timer) !== before.get(timer);
      assert.equal(isNew, step.entered.includes(source), `${this.where}: ${name} of ${source} begins anew`);
    }
  }
}

function checkXState() {
  let taken = 0;
  for (const name of endings(".xstate.json")) {
    const config = JSON.parse(read(name));
    const machine = createMachine(config).provide(provided(config));
    const marks = nodes(config).filter((node) => node.type !== "history" && !node.states);
    const present = marks.filter((node) => node.meta?.mark === "present");
    assert.equal(present.length, isMarked(name) ? 1 : 0, `the present state of ${name}`);
    const sequences = name.replace(/(\.marked)?\.xstate\.json$/, ".sequences.json");
    if (isMarked(name) || !fs.existsSync(path.join(folder, sequences))) {
      createActor(machine, { clock: new SimulatedClock() }).start();
      continue;
    }
    const all = JSON.parse(read(sequences));
    assert(all.length >= 300, `${sequences} has ${all.length} sequences`);
    for (const [number, { start, steps }] of all.entries()) {
      const run = new Run(`${name} #${number}:`, machine, delayed(config));
      run.compare(start);
      let { timeouts } = start;
      for (const step of steps) {
        run.take(step, timeouts);
        ({ timeouts } = step.after);
        taken += 1;
      }
    }
  }
  assert(taken > 0, `${folder} has no sequences`);
  console.log(`xstate took ${taken} events as the machines did`);
}

checkXState();
checkMermaid().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
