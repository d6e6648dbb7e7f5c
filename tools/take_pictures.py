"""Takes the pictures of the README and the documentation anew, from a real report and a real JupyterLab.

``make pictures`` runs it; Chromium is needed. The figures are the bundled ones.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "kuvat"
MUNICIPALITY, GOAL = "Viitasaari", "tavoite-1-3"
#: The second: a picture that is still being decoded would be left out of the page.
ARGUMENTS = ["--no-sandbox", "--disable-checker-imaging"]
#: Few colours are enough for text and lines, and keep the repository small.
COLOURS = 128
STARTED = """() => {
  const kernel = window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel;
  return kernel?.connectionStatus === 'connected' && kernel?.status === 'idle';
}"""


def main() -> None:
    """Make the report, start JupyterLab, and take all pictures."""
    PICTURES.mkdir(exist_ok=True)
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        _take_report(browser, Path(folder))
        _take_lab(browser, Path(folder))
        browser.close()
    for picture in sorted(PICTURES.glob("*.png")):
        print(f"{picture.name}: {picture.stat().st_size / 1000:.0f} kB")


def _take_report(browser: Browser, folder: Path) -> None:
    command = [sys.executable, "-m", "indicators", "report", MUNICIPALITY, "--snapshot", "bundled"]
    subprocess.run([*command, "--out", folder], check=True, stdout=subprocess.DEVNULL)
    (report,) = folder.glob("*/kunta/*.html")
    page = browser.new_page(viewport={"width": 1100, "height": 860})
    page.goto(report.as_uri())
    _save(page, "yhteenveto", None)
    _save(page, "kehitys", page.locator(".charts").first.bounding_box())
    page.goto(f"{report.as_uri()}#{GOAL}")
    page.locator("#tavoitteet .key").evaluate("item => item.scrollIntoView()")
    _save(page, "tavoite", page.locator(f"details.goal:has(#{GOAL})").bounding_box())


def _take_lab(browser: Browser, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 1180, "height": 860})
    with _running_lab(folder) as address:
        page.goto(address)
        page.wait_for_function(STARTED, timeout=180_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        output = page.locator(".widget-output")
        output.locator("img").wait_for(timeout=180_000)
        menus = page.locator(".widget-dropdown select")
        menus.nth(0).select_option(label="4.1 Turvallinen lähiympäristö: rikosten ja väkivallan ehkäisy")
        menus.nth(1).select_option(label="Omaisuusrikokset (ICCS-luokitus) / 1 000 asukasta")
        page.locator(".widget-select-multiple select").select_option(label=["Saarijärvi", MUNICIPALITY])
        output.locator("p").nth(1).wait_for(timeout=180_000)
        page.keyboard.press("Control+b")
        page.locator(".widget-select-multiple").evaluate("item => item.scrollIntoView()")
        page.wait_for_timeout(1500)
        _save(page, "jupyterlab", None)


@contextmanager
def _running_lab(folder: Path) -> Iterator[str]:
    """A JupyterLab with settings of its own; its address with the token."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    token = secrets.token_urlsafe(24)
    config = folder / "config" / "jupyter_lab_config.py"
    config.parent.mkdir()
    config.write_text("c.LabApp.expose_app_in_browser = True\n", "utf-8")
    own = {name: str(folder / name) for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    own |= {"JUPYTER_CONFIG_DIR": str(config.parent), "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings")}
    environment = os.environ | own | {"JUPYTER_TOKEN": token, "YHDYSPINTA_HOME": str(folder / "home")}
    command = [sys.executable, "-m", "indicators", "lab", "muistikirjat", "--no-browser", f"--port={port}"]
    server = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/lab/tree/tutkimus.ipynb?reset&token={token}"
    finally:
        server.terminate()
        server.wait(20)


def _save(page: Page, name: str, place: dict[str, float] | None) -> None:
    """Save a part of the page, or what the window shows, with few colours."""
    path = PICTURES / f"{name}.png"
    if place is None:
        page.screenshot(path=path)
    else:
        margin, above = 12, 4  # a line of text may stand close above
        page.screenshot(
            path=path,
            full_page=True,
            clip={
                "x": max(0, place["x"] - margin),
                "y": place["y"] + page.evaluate("scrollY") - above,
                "width": place["width"] + 2 * margin,
                "height": place["height"] + above + margin,
            },
        )
    Image.open(path).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
