"""Builds sdist and wheel, and makes a report with the wheel alone under every Python that is there.

Needs a package index. Pythons are looked for as python3.11 to python3.13, or named on the command line:
``python tools/try_wheel.py ~/.pyenv/versions/*/bin/python``. Ends with 1 where one of them fails.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ("python3.11", "python3.12", "python3.13")
OLDEST = (3, 11)


def main() -> int:
    """Try all; 0 where at least one Python was tried and none failed."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        _run(sys.executable, "-m", "build", "--outdir", work, ROOT)
        (wheel,) = work.glob("*.whl")
        for python in sys.argv[1:] or PYTHONS:
            version = _version_of(python)
            if version is None or version < OLDEST:
                print(f"{python}: not tried: {'not there' if version is None else 'older than 3.11'}")
                continue
            results.append(_try_one(python, wheel, work / f"python{version[0]}.{version[1]}"))
    return 0 if results and all(results) else 1


def _version_of(python: str) -> tuple[int, int] | None:
    """Major and minor version; None where the name starts no Python."""
    try:
        text = _run(python, "-c", "import sys; print(*sys.version_info[:2])")
    except (OSError, subprocess.CalledProcessError):
        return None
    major, minor = text.split()
    return int(major), int(minor)


def _try_one(python: str, wheel: Path, folder: Path) -> bool:
    started = time.perf_counter()
    try:
        _run(python, "-m", "venv", folder)
        _run(folder / "bin" / "python", "-m", "pip", "install", "-q", wheel)
        installed = time.perf_counter()
        told = _run(folder / "bin" / "yhdyspinta", "report", "Luhanka", "--json", cwd=folder)
    except subprocess.CalledProcessError as error:
        print(f"{python}: FAILED: {error.cmd}\n{error.stderr}")
        return False
    (report,) = json.loads(told)["reports"]
    seconds = f"installed in {installed - started:.0f} s, reported in {time.perf_counter() - installed:.1f} s"
    print(f"{python}: {seconds}, sha256 {report['sha256'][:16]}")
    return True


def _run(*command: object, cwd: Path | None = None) -> str:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
