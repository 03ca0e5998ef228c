"""Run what shows the promises, and write ``ASSURANCE.md``: ``python -m tests.assurance``.

``--render`` writes the page anew from the records that are there and runs nothing: after a long
check. ``KEY`` runs the tests of one promise; what they found takes the place of what they found
before, if the project is still the one that the page speaks of.
"""

import argparse
import json
import sys
import time

from tests import rap
from tests.assurance import counts, document, promises, records, running
from tests.paths import ROOT

PAGE = ROOT / "ASSURANCE.md"
STATE = records.FOLDER / "state.json"


def assured(rooms: dict[str, str]) -> document.Assurance:
    """All that the page is made of, as the records have it."""
    known = promises.load()
    names = [document.TESTS, document.COUNTS, document.LEVELS, *(c.name for c in known.checks)]
    found = {name: record for name in names if (record := records.read(name))}
    return document.Assurance(known, found, rooms)


def stored() -> dict[str, str]:
    """Rooms as they were when the page was written."""
    return json.loads(STATE.read_text(encoding="utf-8"))


def write() -> document.Assurance:
    """Write the page, and which state of the project it speaks of."""
    rooms = records.rooms()
    found = assured(rooms)
    STATE.write_text(json.dumps(rooms, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(document.text(found), encoding="utf-8", newline="\n")
    return found


def run() -> None:
    """Run the tests of every promise once, count what is counted, and keep both as records."""
    known = promises.load()
    began = time.monotonic()
    named = list(dict.fromkeys(name for one in known.all() for name in one.functions()))
    ran = running.run(named)
    told = {name: str(ran[name]) for name in sorted(named) if name in ran}
    held = len(told) == len(named) and all(ran[name].held for name in told)
    _keep(document.TESTS, held, told, began)
    began = time.monotonic()
    _keep(document.COUNTS, True, counts.all_numbers(), began)
    levels = {
        f"{item.level}: {item.asks}": f"{'shown' if item.shown else 'not shown'}: {item.evidence}"
        for item in rap.items()
    }
    _keep(document.LEVELS, True, levels, began)


def _keep(name: str, held: bool, numbers: dict, began: float) -> None:
    seconds = time.monotonic() - began
    records.write(name, document.COMMAND, held=held, numbers=numbers, seconds=seconds)


def one(key: str) -> int:
    """Run the tests of one promise and say which long checks belong to it."""
    known = {promise.key: promise for promise in promises.load().all()}
    if key not in known:
        print(f"No promise is called {key!r}; there are: {', '.join(known)}.")
        return 2
    promise = known[key]
    print(promise.says)
    ran = running.run(promise.functions(), ("--verbose",))
    for check in promises.load().checks:
        if check.name in promise.records:
            print(f"And a long check of its own: {check.command}")
    _replace({name: str(found) for name, found in ran.items()})
    return int(not ran or not all(found.held for found in ran.values()))


def _replace(told: dict[str, str]) -> None:
    """Put outcomes in the place of older ones of the same state, and write the page anew."""
    before = records.read(document.TESTS)
    if before is None or not told or records.changed(before):
        return
    numbers = {**before.numbers, **told}
    held = not any("failed" in one or "error" in one for one in numbers.values())
    records.write(
        document.TESTS, document.COMMAND, held=held, numbers=numbers, seconds=before.seconds
    )
    write()


def main() -> int:
    """Do what the command line asks for; exit code 1 if a promise did not hold."""
    ask = argparse.ArgumentParser(prog="python -m tests.assurance", description=__doc__)
    ask.add_argument("key", nargs="?", help="run the tests of one promise only")
    ask.add_argument("--render", action="store_true", help="write the page anew, run nothing")
    asked = ask.parse_args()
    if asked.key:
        return one(asked.key)
    if not asked.render:
        if not PAGE.exists():
            write()  # documents name it, and the tests look whether it is there
        run()
    found = write()
    for promise in found.broken():
        print(f"did not hold: {promise.key}: {promise.says}")
    print(f"Written: {PAGE.name}")
    return int(bool(found.broken()))


if __name__ == "__main__":
    sys.exit(main())
