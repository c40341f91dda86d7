"""Gives charts to Graphviz, to python-statemachine and to a validator of JSON Schema.

    python charts.py FOLDER SCHEMA

FOLDER holds what `tests/walk/sequences.rs` writes. Graphviz has to draw each graph without a warning; python-statemachine has to
do with each event of each sequence what the real machine did; each JSON chart has to fit the schema.
"""

import json
import subprocess
import sys
from pathlib import Path
from time import monotonic
from xml.etree import ElementTree

import jsonschema
from statemachine import StateChart
from statemachine.engines import base
from statemachine.exceptions import TransitionNotAllowed
from statemachine.invoke import InvokeManager
from statemachine.io import load

SCXML = "{http://www.w3.org/2005/07/scxml}"


def check_dot(folder):
    files = sorted(folder.glob("*.dot"))
    for path in files:
        chart = json.loads(path.with_suffix(".json").read_text())
        done = subprocess.run(["dot", "-Tjson", path], capture_output=True, text=True, check=True)
        assert not done.stderr, f"{path.name}: {done.stderr}"
        graph = json.loads(done.stdout)
        named = {item["name"]: item for item in graph["objects"]}
        for state in chart["states"]:
            assert state["name"] in named, f"{path.name} has no node {state['name']}"
        for state in chart.get("superstates", []):
            cluster = named[f"cluster_{state['name']}"]
            inside = {graph["objects"][number]["name"] for number in cluster["nodes"]}
            for child in chart["states"]:
                assert child.get("parent") != state["name"] or child["name"] in inside, path.name
        for edge in graph["edges"]:
            assert edge["pos"], path.name
        filled = [item for item in graph["objects"] if item.get("fillcolor") == "#bfdbfe"]
        assert len(filled) == (".marked" in path.name), f"the present state of {path.name}"
        for kind in ("svg", "png"):
            drawn = subprocess.run(["dot", f"-T{kind}", path], capture_output=True, check=True)
            assert not drawn.stderr and len(drawn.stdout) > 1000, f"{path.name} as {kind}"
    print(f"graphviz drew {len(files)} graphs")


class HeldQueue(base.EventQueue):
    """A queue of events in which delayed ones wait until they are asked for, instead of for days."""

    def __init__(self):
        super().__init__()
        self.held = {}

    def put(self, trigger_data):
        if trigger_data.execution_time > monotonic() + 1:
            assert trigger_data.send_id not in self.held, f"{trigger_data.send_id} is sent twice"
            self.held[trigger_data.send_id] = trigger_data
        else:
            super().put(trigger_data)

    def cancel(self, send_id):
        self.held.pop(send_id, None)
        super().cancel(send_id)


def stand_in(entered):
    """Puts the held queue in the place of the clock, and a set of the states that were entered in that of threads for tasks."""
    base.EventQueue = HeldQueue
    InvokeManager.mark_for_invoke = lambda manager, state, kwargs=None: entered.add(state.id)
    InvokeManager.cancel_for_state = lambda manager, state: entered.discard(state.id)


def tasks_of(path):
    """The tasks of a chart by their states."""
    nodes = ElementTree.parse(path).iter(f"{SCXML}state")
    return {node.get("id"): [task.get("id") for task in node.findall(f"{SCXML}invoke")] for node in nodes}


class Run:
    def __init__(self, where, chart, guards, tasks, entered):
        self.where, self.tasks, self.entered = where, tasks, entered
        entered.clear()
        self.machine = chart()
        self.guards(dict.fromkeys(guards, False))

    def guards(self, verdicts):
        for guard, verdict in verdicts.items():
            setattr(self.machine.model, guard, verdict)

    @property
    def queue(self):
        return self.machine._engine.external_queue

    def compare(self, expected, fired):
        leaf = [state.id for state in self.machine.configuration if not state.states]
        assert leaf == [expected["state"]], f"{self.where} came to {leaf}, not {expected['state']}"
        assert self.machine.is_terminated == expected["ended"], f"{self.where}: the end"
        if expected["ended"]:
            return
        running = sorted(task for state in self.entered for task in self.tasks[state])
        assert running == sorted(expected["tasks"]), f"{self.where}: the tasks {running}"
        waiting = set(self.queue.held) | fired
        for event, source in expected["timeouts"]:
            assert f"{source}.{event}" in waiting, f"{self.where}: {event} of {source} does not wait"
        active = {state.id for state in self.machine.configuration}
        for send_id in self.queue.held:
            assert send_id.split(".")[0] in active, f"{self.where}: {send_id} still waits"

    def take(self, step, timeouts, fired):
        """Takes a step, and answers what waited before. A timeout is the event that was sent on entry, if it still waits."""
        event = step["event"]
        self.where += f" {event}"
        self.guards(step["guards"])
        sources = [source for name, source in timeouts if name == event and step["is_timeout"]]
        held = self.queue.held.pop(f"{sources[0]}.{event}", None) if sources else None
        if held:
            fired.add(held.send_id)
        before = dict(self.queue.held)
        try:
            # A machine whose event is called `send` hides the method.
            StateChart.send(self.machine, event, to=step["to"])
            accepted = True
        except TransitionNotAllowed:
            accepted = False
        assert accepted == step["accepted"], f"{self.where} is accepted: {accepted}"
        return before


def check_scxml(folder):
    taken, entered = 0, set()
    stand_in(entered)
    for path in sorted(folder.glob("*.scxml")):
        chart = load(path)
        chart.allow_event_without_transition = False
        sequences = path.with_name(path.name.replace(".scxml", ".sequences.json"))
        present = path.read_text().count('lf:mark="present"')
        assert (present > 0) == (".marked" in path.name), f"the present state of {path.name}"
        if not sequences.exists():
            assert chart().configuration, path.name
            continue
        sequences = json.loads(sequences.read_text())
        assert len(sequences) >= 300, f"{path.name} has {len(sequences)} sequences"
        for number, sequence in enumerate(sequences):
            steps, start = sequence["steps"], sequence["start"]
            run = Run(f"{path.name} #{number}:", chart, steps[0]["guards"], tasks_of(path), entered)
            fired = set()
            run.compare(start, fired)
            timeouts = start["timeouts"]
            for step in steps:
                before = run.take(step, timeouts, fired)
                # What is sent anew was entered anew.
                fired -= set(run.queue.held) - set(before)
                run.compare(step["after"], fired)
                timeouts = step["after"]["timeouts"]
                for name, source in timeouts if not step["after"]["ended"] else []:
                    send_id = f"{source}.{name}"
                    held = run.queue.held.get(send_id)
                    is_new = held is not None and held is not before.get(send_id)
                    expected = source in step["entered"]
                    assert is_new == expected, f"{run.where}: {send_id} begins anew: {is_new}"
                taken += 1
    assert taken, f"{folder} has no sequences"
    print(f"python-statemachine took {taken} events as the machines did")


def check_json(folder, schema):
    schema = json.loads(schema.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = [
        path
        for path in sorted(folder.glob("*.json"))
        if not path.name.endswith((".xstate.json", ".sequences.json"))
    ]
    for path in files:
        validator.validate(json.loads(path.read_text()))
    assert files, f"{folder} has no charts"
    print(f"{len(files)} JSON charts fit the schema")


def main():
    folder, schema = map(Path, sys.argv[1:])
    check_json(folder, schema)
    check_dot(folder)
    check_scxml(folder)


main()
