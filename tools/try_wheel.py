"""Builds sdist and wheel into ``dist/``, and makes a report with the wheel in each way of installing it.

Needs a package index. Pythons are looked for as python3.11 to python3.14, or named on the command line:
``python tools/try_wheel.py ~/.pyenv/versions/*/bin/python``.
pipx, uv and conda are tried where they are there. Ends with 1 where one of the ways fails, or makes another
report than the others.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14")
OLDEST = (3, 11)


def main() -> int:
    """Try all; 0 where at least one way was tried and all made the same report."""
    dist = ROOT / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    _run(sys.executable, "-m", "build", "--outdir", dist, ROOT)
    (wheel,) = dist.glob("*.whl")
    print("\n".join(str(path.relative_to(ROOT)) for path in sorted(dist.iterdir())))
    hashes = set()
    with tempfile.TemporaryDirectory() as folder:
        for name, missing, *commands in _list_ways(wheel, Path(folder), sys.argv[1:] or PYTHONS):
            if missing:
                print(f"{name}: not tried: {missing}")
            else:
                hashes.add(_try_one(name, Path(folder), commands))
    return 0 if len(hashes) == 1 and None not in hashes else 1


def _list_ways(wheel: Path, folder: Path, pythons: list[str] | tuple[str, ...]) -> list[tuple]:
    """Of each way its name, why it cannot be tried, the commands that install, and how the command begins."""
    ways = []
    for at, python in enumerate(pythons):
        version, place = _version_of(python), folder / f"venv{at}"
        missing = "not there" if version is None else "older than 3.11" if version < OLDEST else ""
        install = [place / "bin" / "python", "-m", "pip", "install", "-q", wheel]
        ways.append((python, missing, [python, "-m", "venv", place], install, [place / "bin" / "yhdyspinta"]))
    place = folder / "conda"
    create = ["conda", "env", "create", "-q", "-p", place, "-f", ROOT / "environment.yml"]
    for tool, *commands in (
        ("pipx", ["pipx", "run", "--spec", wheel, "yhdyspinta"]),
        ("uvx", ["uvx", "--from", wheel, "yhdyspinta"]),
        ("conda", create, ["conda", "run", "-p", place, "yhdyspinta"]),
    ):
        ways.append((tool, "" if shutil.which(tool) else "not there", *commands))
    return ways


def _version_of(python: str) -> tuple[int, int] | None:
    """Major and minor version; None where the name starts no Python."""
    try:
        text = _run(python, "-c", "import sys; print(*sys.version_info[:2])")
    except (OSError, subprocess.CalledProcessError):
        return None
    major, minor = text.split()
    return int(major), int(minor)


def _try_one(name: str, folder: Path, commands: list[list[object]]) -> str | None:
    """The hash of the report that the way makes; None where it fails."""
    started = time.perf_counter()
    work = folder / f"work-{Path(name).name}"
    work.mkdir(exist_ok=True)
    try:
        for command in (*commands[:-1], [*commands[-1], "--version"]):
            _run(*command, cwd=work)
        installed = time.perf_counter()
        told = _run(*commands[-1], "report", "Luhanka", "--json", cwd=work)
    except subprocess.CalledProcessError as error:
        print(f"{name}: FAILED: {error.cmd}\n{error.stderr}")
        return None
    (report,) = json.loads(told)["reports"]
    seconds = f"installed in {installed - started:.0f} s, reported in {time.perf_counter() - installed:.1f} s"
    print(f"{name}: {seconds}, sha256 {report['sha256'][:16]}")
    return report["sha256"]


def _run(*command: object, cwd: Path | None = None) -> str:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
