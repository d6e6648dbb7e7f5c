"""Writes constraints/python-X.Y.txt: the exact versions with which the package and its tools are tried.

One file a Python version, so that an installation of today can be had again. Only wheels are considered,
of the platform at hand; the lower bounds stay in pyproject.toml. Run by ``make constraints``.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def list_requirements(project: dict[str, object]) -> list[str]:
    """What the package and all its extras need, the package's own extras aside."""
    listed = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        listed += [item for item in extra if not item.startswith(project["name"])]
    return listed


def resolve(requirements: list[str], version: str) -> list[str]:
    """Lines name==version of everything that pip would install under a Python version, sorted."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        command += ["--python-version", version, "--only-binary", ":all:", "--target", folder]
        subprocess.run([*command, "--report", str(report), *requirements], check=True)
        found = [item["metadata"] for item in json.loads(report.read_text("utf-8"))["install"]]
    return sorted(f"{item['name'].lower().replace('_', '-')}=={item['version']}" for item in found)


def main(versions: list[str]) -> None:
    """Write the file of each Python version named; of the running one where none is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for version in versions or [f"{sys.version_info.major}.{sys.version_info.minor}"]:
        lines = resolve(list_requirements(project), version)
        target = ROOT / "constraints" / f"python-{version}.txt"
        target.parent.mkdir(exist_ok=True)
        target.write_text("# Made by 'make constraints'.\n" + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
