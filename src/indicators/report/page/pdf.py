"""A tagged PDF of a finished page, printed by the Chromium that is installed."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from indicators.errors import OutputError

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Prints without a window, a sandbox that containers do not allow, or any traffic of the browser's own.
_ARGUMENTS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-pdf-header-footer",
    "--export-tagged-pdf",
    "--generate-pdf-document-outline",
)
_SECONDS: Final = 120


def find_browser() -> str:
    """Path of the installed Chromium.

    Raises
    ------
    OutputError
        There is none.
    """
    for name in _NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise OutputError("PDF", "no Chromium was found;", "install it (Debian: chromium), or leave out --pdf.")


def print_pdf(page: Path) -> bytes:
    """PDF of an HTML file.

    Raises
    ------
    OutputError
        There is no browser, or it did not print within two minutes.
    """
    browser = find_browser()
    with tempfile.TemporaryDirectory(prefix="yhdyspinta-pdf-") as folder:
        target = Path(folder) / "page.pdf"
        command = [browser, *_ARGUMENTS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}"]
        try:
            subprocess.run(
                [*command, page.resolve().as_uri()], capture_output=True, timeout=_SECONDS, check=True
            )
            return target.read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            raise OutputError(page, f"could not be printed to PDF: {error}.") from error
