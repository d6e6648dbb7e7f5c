"""JupyterLab on a writable copy of the notebooks: this Python is the kernel, and a token is needed."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from indicators.config import DATA_FOLDER, find_notebook, load_settings
from indicators.errors import ParameterError
from indicators.folders import telling

#: The notebook that opens first; the others are found by its folder.
FIRST_NOTEBOOK: Final = "tutkimus.ipynb"


def copy_notebooks(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Copy the package's notebooks into a folder; what is there already is never overwritten.

    Yields
    ------
    tuple of Path and bool
        The notebook's place, and whether it was copied now.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    source = find_notebook(FIRST_NOTEBOOK).parent
    if folder.resolve() == source.resolve():
        return  # the checkout's own notebooks are edited where they are
    with telling(folder, advice="Name another folder."):
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(source.glob("*.ipynb")):
            target = folder / path.name
            yield target, _copy_new(path, target)


def _copy_new(source: Path, target: Path) -> bool:
    try:
        with target.open("xb") as file:  # fails where the file is, even if it came just now
            file.write(source.read_bytes())
    except FileExistsError:
        return False
    return True


def lab_command(folder: Path, port: int, opens_browser: bool, shows_token: bool = True) -> list[str]:
    """The command that starts JupyterLab: on the loopback, with a token, without news from the network."""
    identity = "MadeToken" if shows_token else "GivenToken"
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port or 8888}",
        f"--ServerApp.port_retries={0 if port else 50}",
        f"--ServerApp.root_dir={folder.resolve()}",
        f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}",
        f"--ServerApp.identity_provider_class=indicators.analyst.labtoken.{identity}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    if not opens_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def run_lab(folder: Path, port: int = 0, opens_browser: bool = True) -> int:
    """Run JupyterLab until it is stopped; its exit code.

    Its notebooks run in this Python, whatever kernels the user has elsewhere. The working folder stays, so
    that ``yhdyspinta.toml`` holds in the notebooks too.

    Raises
    ------
    ParameterError
        JupyterLab is not installed.
    """
    import importlib.util

    if importlib.util.find_spec("jupyterlab") is None:
        raise ParameterError("lab", "no JupyterLab", "pip install jupyterlab in this environment")
    token = os.environ.get("JUPYTER_TOKEN")
    environment = os.environ | _own_kernel() | _own_defaults() | _settings_in_force()
    environment["JUPYTER_TOKEN"] = token or secrets.token_urlsafe(24)
    command = lab_command(folder, port, opens_browser, shows_token=not token)
    if os.name == "posix":
        # JupyterLab takes this process over: whoever stops the command stops JupyterLab and its kernels.
        sys.stdout.flush()
        os.execve(command[0], command, environment)
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0


def _own_kernel() -> dict[str, str]:
    """The name python3 means this Python, before any kernel of that name in the user's own folders."""
    own = str(Path(sys.prefix) / "share" / "jupyter")
    return _before("JUPYTER_PATH", own) | {"JUPYTER_PREFER_ENV_PATH": "1"}


def _own_defaults() -> dict[str, str]:
    """JupyterLab does not ask whether to fetch news; the user's own settings win over these defaults."""
    return _before("JUPYTER_CONFIG_PATH", str(DATA_FOLDER / "jupyter"))


def _before(variable: str, folder: str) -> dict[str, str]:
    """The variable of the environment with a folder put first."""
    return {variable: os.pathsep.join([folder, *filter(None, [os.environ.get(variable)])])}


def _settings_in_force() -> dict[str, str]:
    """Notebooks run in their own folder; what the settings file here says goes along in the environment."""
    settings = load_settings()
    told = {
        "YHDYSPINTA_HOME": settings.home and str(Path(settings.home).resolve()),
        "YHDYSPINTA_CATALOGUE": str(settings.overlay or ""),
        "YHDYSPINTA_CONTACT": settings.contact,
    }
    return {name: value for name, value in told.items() if value}
