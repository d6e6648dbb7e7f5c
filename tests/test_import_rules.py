"""Imports go one way; see the order of modules in the architecture."""

import ast
from pathlib import Path

import pytest

import indicators

ROOT = Path(indicators.__file__).parent
LEAVES = {"errors": set(), "config": {"errors"}, "model": set()}
ORDER = (
    "catalogue",
    "sources",
    "stored",
    "checks",
    "snapshot",
    "acceptance",
    "fetch",
    "livecheck",
    "progress",
    "statistics",
    "panel",
    "verdicts",
    "assessment",
    "targets",
    "summary",
    "edition",
    "archive",
    "changes",
    "assessed",
    "narrative",
    "charts",
    "report",
    "batch",
    "lookup",
    "api",
    "lab",
    "labtoken",
    "newindicator",
    "cli",
    "__main__",
)
USERS_OF_EDITION = ("edition", "archive", "batch", "cli")
MODULES = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix()
    for path in ROOT.rglob("*.py")
    if path.name != "__init__.py" and path.relative_to(ROOT).parts[0] not in ("data", "notebooks")
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
    """First names inside the package of what a module imports from it."""
    names = {name.split(".")[1] for name in _imports(module) if name.startswith("indicators.")}
    return names - {"__version__"}


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_what_stands_above_it(module):
    """A module imports from its own part, the parts above it and the leaves, and nothing else of ours."""
    part = module.split("/")[0]
    assert part in (*LEAVES, *ORDER), f"{part} stands nowhere in the order"
    if part in LEAVES:
        allowed = LEAVES[part]
    else:
        allowed = {*ORDER[: ORDER.index(part) + 1], *LEAVES}
        allowed -= set() if part in USERS_OF_EDITION else {"edition"}
    if part == "__main__":
        allowed = {"cli"}
    assert _own_imports(module) <= allowed


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("sources/")])
def test_only_sources_reach_for_the_network(module):
    """No module outside sources imports requests."""
    assert not {name for name in _imports(module) if name.split(".")[0] in ("requests", "urllib3")}


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("cli/")])
def test_only_the_command_line_prints(module):
    """No module but the command line calls print."""
    calls = [node for node in ast.walk(_tree(module)) if isinstance(node, ast.Call)]
    assert not [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]


def test_the_walk_sees_the_package():
    """The rules are checked on the real modules, with imports inside functions too."""
    assert {"catalogue/areas", "snapshot", "batch/make", "cli/results"} <= set(MODULES)
    assert "batch" in _own_imports("cli/results")
