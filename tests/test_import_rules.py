"""Imports go one way through the rooms; see the order in the architecture."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import indicators

ROOT = Path(indicators.__file__).parent
#: Each room may import the rooms of the rows above its own; rooms of one row know nothing of each other.
ROWS = (
    ("version", "errors", "model"),
    ("config", "folders"),
    ("statistics", "catalogue"),
    ("sources", "snapshot"),
    ("fetch", "assessment"),
    ("narrative",),
    ("charts",),
    ("report",),
    ("edition",),
    ("batch",),
    ("analyst",),
    ("cli",),
    ("__main__",),
)
ROW_OF = {room: number for number, row in enumerate(ROWS) for room in row}
MODULES = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix()
    for path in ROOT.rglob("*.py")
    if path.relative_to(ROOT).parts[0] not in ("data", "notebooks", "__init__.py")
)


def _tree(module):
    return ast.parse((ROOT / f"{module}.py").read_text("utf-8"))


def _imports(module):
    """Full names of everything that a module imports, wherever in it the import stands."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ["indicators", *module.split("/")][: -node.level] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _own_imports(module):
    """What a module imports of the package: paths without their ending, empty for the door."""
    names = [name.split(".")[1:] for name in _imports(module) if name.split(".")[0] == "indicators"]
    return {_nearest_module(parts) for parts in names}


def _nearest_module(parts):
    paths = ("/".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((path for path in paths if (ROOT / f"{path}.py").is_file() or (ROOT / path).is_dir()), "")


def test_every_room_has_its_place():
    """Every file and folder of the package stands in the order."""
    assert {module.split("/")[0] for module in MODULES} == set(ROW_OF)


def test_imports_go_down_the_order():
    """A module imports from its own room and the rows above it, and from nowhere else of ours."""
    offenders = [
        f"{module} imports {other}"
        for module in MODULES
        for other in sorted(_own_imports(module) - {""})
        if (room := other.split("/")[0]) != (own := module.split("/")[0]) and ROW_OF[room] >= ROW_OF[own]
    ]
    assert not offenders


def test_nobody_imports_the_door():
    """The package's root is for users: what stands inside imports the rooms themselves."""
    assert not [module for module in MODULES if "" in _own_imports(module)]


def test_no_circle_of_imports():
    """No module imports itself by way of others, in no room and over all of them."""
    graph = {module: _own_imports(module) - {""} for module in MODULES if not module.endswith("__init__")}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(" -> ".join(error.args[1])) from None


def test_the_hall_is_small():
    """At most seven files lie directly in the package."""
    assert len(list(ROOT.glob("*.py"))) <= 7


def test_only_sources_reach_for_the_network():
    """No module outside sources imports requests."""
    outside = [module for module in MODULES if not module.startswith("sources/")]
    assert not [m for m in outside for name in _imports(m) if name.split(".")[0] in ("requests", "urllib3")]


def test_only_the_command_line_prints():
    """No module but the command line calls print."""
    calls = [
        f"{module}:{node.lineno}"
        for module in MODULES
        if not module.startswith("cli/")
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not calls


def test_the_walk_sees_the_package():
    """The rules are checked on the real modules, with imports inside functions too."""
    assert {"catalogue/areas", "snapshot/write", "batch/make", "cli/results"} <= set(MODULES)
    assert "batch/make" in _own_imports("cli/results")
