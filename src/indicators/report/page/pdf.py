"""A tagged PDF of a finished page, printed by the Chromium that is installed and mended."""

import datetime as dt
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import lxml.html

from indicators.errors import OutputError
from indicators.report.page.pdf_repair import repair_pdf, require_pikepdf

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
        There is none, or what mends its PDF is not installed.
    """
    require_pikepdf()
    for name in _NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise OutputError("PDF", "no Chromium was found;", "install it (Debian: chromium), or leave out --pdf.")


def print_pdf(html: str, created: dt.date) -> bytes:
    """Tagged PDF of a finished page.

    Parameters
    ----------
    html : str
        The page: of a municipality its paper page.
    created : date
        The date that the file bears; equal pages give equal bytes.

    Raises
    ------
    OutputError
        There is no browser or no pikepdf, or the page was not printed within two minutes.
    """
    browser = find_browser()
    page = lxml.html.document_fromstring(html)
    headings = [" ".join(item.text_content().split()) for item in page.iter("h1", "h2", "h3", "h4", "h5")]
    with tempfile.TemporaryDirectory(prefix="yhdyspinta-pdf-") as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(html, "utf-8")
        command = [browser, *_ARGUMENTS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}"]
        try:
            subprocess.run([*command, source.as_uri()], capture_output=True, timeout=_SECONDS, check=True)
            printed = target.read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            title = page.findtext(".//title") or "a page"
            raise OutputError(title, f"could not be printed to PDF: {error}.") from error
    return repair_pdf(printed, headings, created)
