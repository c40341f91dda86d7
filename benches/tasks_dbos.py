"""What `cargo bench --bench tasks` measures, by DBOS on SQLite: `python tasks_dbos.py FOLDER SECONDS CALLERS` prints a row.

Each caller starts a workflow of one step, waits for its result, and starts the next.
"""

import logging
import sys
import threading
import time

from dbos import DBOS

starts = {}


@DBOS.step(retries_allowed=True, max_attempts=5)
def charge(number):
    starts[number] = time.perf_counter()
    return "declined"


@DBOS.workflow()
def order(number):
    return charge(number)


def call(caller, until, times):
    turn = 0
    while time.perf_counter() < until:
        number = (caller, turn)
        called = time.perf_counter()
        handle = DBOS.start_workflow(order, number)
        recorded = time.perf_counter()
        handle.get_result()
        ended = time.perf_counter()
        times.append((max(0.0, starts.pop(number) - recorded), ended - called))
        turn += 1


def percentile(times, percent):
    return sorted(times)[len(times) * percent // 100] * 1e3


def main():
    folder, seconds, callers = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    DBOS(config={
        "name": "orders",
        "system_database_url": f"sqlite:///{folder}/dbos-{callers}.db",
        "log_level": "ERROR",
        "run_admin_server": False,
    })
    logging.disable(logging.CRITICAL)
    DBOS.launch()
    begin = time.perf_counter()
    times = []
    threads = [threading.Thread(target=call, args=(caller, begin + seconds, times)) for caller in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(times) / (time.perf_counter() - begin)
    start, whole = zip(*times)
    figures = [percentile(part, percent) for part in (start, whole) for percent in (50, 99)]
    print(f"| DBOS | {callers} | {rate:.0f} | " + " | ".join(f"{figure:.2f}" for figure in figures) + " |")
    DBOS.destroy()


main()
