"""Lists: what there is to name: scenarios, requirements, dialects, checks, faults."""

from harness.checks import CHECKS
from harness.dialect_files import REFERENCE_SPEAKS, builtin_dialects, load_dialect
from harness.errors import InputError
from harness.places import scenario_folder
from harness.requirements import REQUIREMENTS
from harness.scenario import DropKind, ServerAct, load_scenario

_DROPS = {
    DropKind.CLOSE: "the connection is closed, whatever is under way",
    DropKind.RESET: "the connection is reset: the server reads an error",
    DropKind.HALF_CLOSE: "one direction is closed: the server reads the end, and may still write",
}
_SERVER = {
    ServerAct.STOP: "the server's processes are stopped (SIGSTOP)",
    ServerAct.CONTINUE: "and go on",
    ServerAct.KILL: "the server is killed (SIGKILL)",
    ServerAct.INTERRUPT: "the server is interrupted (SIGINT), as by Ctrl-C",
    ServerAct.TERMINATE: "the server is told to end (SIGTERM)",
    ServerAct.RESTART: "the server is started again on its port, at once",
}
_OTHERS = {
    "freeze": "somebody stops reading, and stays connected, until the thaw",
    "send": "bytes that are no text, half a character, a line without an end",
    "on: segments": "messages are cut into segments that the server reads one by one, or glued",
}


def render(what: str | None) -> str:
    """Return the list of `what`, or all lists."""
    makers = {
        "scenarios": _scenarios,
        "requirements": _requirements,
        "dialects": _dialects,
        "checks": _checks,
        "faults": _faults,
    }
    if what is not None:
        return _table(makers[what]())
    return "\n\n".join(f"{name}:\n{_table(make())}" for name, make in makers.items())


def _table(rows: list[tuple[str, str]]) -> str:
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join(f"  {name:{width}}  {text}" for name, text in rows)


def _scenarios() -> list[tuple[str, str]]:
    rows = []
    for path in sorted(scenario_folder().glob("*.yaml")):
        try:
            scenario = load_scenario(path)
            title = f"{scenario.scenario} ({', '.join(scenario.requirement)})"
        except InputError as error:
            title = f"(cannot be read: {error.problems[0]})"
        rows.append((f"scenarios/{path.name}", title))
    return rows


def _requirements() -> list[tuple[str, str]]:
    return [(f"{one.id:9} {one.asks}", one.sentence) for one in REQUIREMENTS.values()]


def _dialects() -> list[tuple[str, str]]:
    return [(name, _about(name)) for name in builtin_dialects()]


def _about(name: str) -> str:
    spoken = " (the reference speaks it, too)" if name in REFERENCE_SPEAKS else ""
    return f"{load_dialect(name).about}{spoken}"


def _checks() -> list[tuple[str, str]]:
    docs = {name: check.__globals__["__doc__"] for name, check in CHECKS.items()}
    return [(name, doc.splitlines()[0].partition(": ")[2]) for name, doc in docs.items()]


def _faults() -> list[tuple[str, str]]:
    drops = [(f"drop: {kind}", text) for kind, text in _DROPS.items()]
    server = [(f"server: {act}", text) for act, text in _SERVER.items()]
    return [*drops, *_OTHERS.items(), *server]
