"""The real JupyterLab, as ``yhdyspinta lab`` starts it, used through a browser."""

import base64
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

TOKEN = "only-for-this-test"
WAIT = 60_000  # milliseconds; a kernel starts within seconds, elsewhere or under load it may take longer
READY = """() => {
  const widget = window.jupyterapp?.shell?.currentWidget;
  const kernel = widget?.sessionContext?.session?.kernel;
  return !!(widget?.sessionContext?.isReady && kernel?.connectionStatus === 'connected'
    && kernel?.status === 'idle' && widget.context.path === '%s');
}"""

#: Words and number of drawings of each section, by its id; white space is the reader's only once.
SECTIONS = """() => Object.fromEntries([...document.querySelectorAll('section[id]')].map(section => [
  section.id,
  {text: section.textContent.replace(/\\s+/g, ' ').trim(), drawings: section.querySelectorAll('svg').length},
]))"""


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _start(home, port, **more):
    """``yhdyspinta lab`` in a folder, with settings of its own; what it tells goes to a log."""
    config = home / "config" / "jupyter_lab_config.py"
    config.parent.mkdir()
    # A user who has opened their Jupyter to everybody: ours stays closed.
    config.write_text("c.LabApp.expose_app_in_browser = True\nc.IdentityProvider.token = ''\n", "utf-8")
    folders = {
        "JUPYTER_CONFIG_DIR": config.parent,
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "IPYTHONDIR": home / "ipython",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "YHDYSPINTA_HOME": home / "own",
    }
    environment = os.environ | {name: str(path) for name, path in folders.items()} | more
    command = [sys.executable, "-m", "indicators", "lab", "omat", "--no-browser", f"--port={port}"]
    with (home / "log").open("w") as log:
        return subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=subprocess.STDOUT)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A running JupyterLab on copies of the notebooks."""
    home, port = tmp_path_factory.mktemp("lab"), _free_port()
    server = _start(home, port, JUPYTER_TOKEN=TOKEN)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, server, home / "log")
        yield address
    finally:
        server.terminate()
        server.wait(120)


def _wait_until_up(address, server, log):
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=2).close()
        except OSError:
            assert server.poll() is None, log.read_text("utf-8")
            time.sleep(0.2)
        else:
            return
    raise AssertionError(log.read_text("utf-8"))


@pytest.fixture(scope="module")
def run_all(lab, browser):
    """Opens a notebook in JupyterLab and runs all its cells; the page once the kernel is idle again."""
    contexts = []

    def run(name):
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.goto(f"{lab}/lab/tree/{name}?reset&token={TOKEN}")
        page.wait_for_function(READY % name)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        return page

    yield run
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def exploration(run_all):
    """The notebook for exploring, which has run to its end."""
    page = run_all("tutkimus.ipynb")
    expect(page.locator("table.dataTable").first).to_be_attached(timeout=WAIT)
    return page


def test_nobody_gets_in_without_the_token(lab):
    """Contents are refused without the token and given with it."""
    for query in ("", "?token=wrong"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{lab}/api/contents{query}", timeout=10)
        assert refused.value.code == 403
    with urllib.request.urlopen(f"{lab}/api/contents?token={TOKEN}", timeout=10) as answer:
        names = {item["name"] for item in json.load(answer)["content"]}
    assert "tutkimus.ipynb" in names


def test_the_address_on_the_terminal_opens_the_notebook(tmp_path, browser):
    """Who has no browser that opens by itself copies the address, and is in."""
    server = _start(tmp_path, _free_port())
    try:
        for _ in range(300):
            told = re.findall(r"http://127\.0\.0\.1:\S+\?token=\S+", (tmp_path / "log").read_text("utf-8"))
            if told:
                break
            time.sleep(0.2)
        page = browser.new_page()
        page.goto(told[0])
        page.wait_for_function(READY % "tutkimus.ipynb", timeout=WAIT)
        page.close()
    finally:
        server.terminate()
        server.wait(120)


def test_the_server_and_its_kernels_listen_on_this_machine_only(lab, exploration):
    """Every port of the server and of a running kernel is on the loopback."""
    expect(exploration.locator(".jp-OutputArea-output figure svg").first).to_be_attached()
    port = int(lab.rpartition(":")[2])
    (server,) = (
        item.pid
        for item in psutil.net_connections("tcp")
        if item.status == psutil.CONN_LISTEN and item.laddr.port == port
    )
    family = [psutil.Process(server), *psutil.Process(server).children(recursive=True)]
    listening = [
        item.laddr.ip
        for process in family
        for item in process.net_connections("tcp")
        if item.status == psutil.CONN_LISTEN
    ]
    assert len(family) > 1
    assert set(listening) == {"127.0.0.1"}


def test_nobody_is_asked_whether_to_fetch_news(exploration):
    """JupyterLab opens without its question of news from the network."""
    expect(exploration.locator("figure svg, .jp-OutputArea-output img").first).to_be_attached()
    assert exploration.get_by_text("Jupyter news").count() == 0


def test_three_municipalities_stand_in_one_chart(exploration):
    """Chosen in the menu they are drawn together with the comparator, and each has its verdict below."""
    page = exploration
    output = page.locator(".jupyter-widgets.widget-output")
    expect(output.locator("img")).to_have_count(1, timeout=WAIT)
    before = output.locator("img").get_attribute("src")
    page.locator(".widget-dropdown select").nth(0).select_option(label="3.2 Työllisyys ja osaaminen")
    page.locator(".widget-dropdown select").nth(1).select_option(
        label="Pitkäaikaistyöttömät kesäkuussa, % työvoimasta"
    )
    page.locator(".widget-dropdown select").nth(2).select_option(label="koko maa")
    names = ["Saarijärvi", "Viitasaari", "Äänekoski"]
    page.locator(".widget-select-multiple select").select_option(label=names)
    lines = output.locator("p")
    expect(lines).to_have_count(3, timeout=WAIT)
    for name, line in zip(names, lines.all(), strict=True):
        expect(line).to_contain_text(name)
        expect(line).to_contain_text("koko maa")
    expect(output.locator("img")).to_have_count(1)
    assert output.locator("img").get_attribute("src") != before
    assert output.locator("img").bounding_box()["width"] > 500
    assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0


def test_a_changed_colour_is_seen_and_saved(exploration, lab):
    """The cell that recolours a line shows it so, and the PNG that it writes opens with it."""
    images = exploration.locator(".jp-OutputArea-output img")
    with urllib.request.urlopen(f"{lab}/files/kuvio.png?token={TOKEN}", timeout=10) as answer:
        saved = Image.open(io.BytesIO(answer.read())).convert("RGB")
    crimson = (220, 20, 60)
    assert sum(n for n, colour in saved.getcolors(saved.width * saved.height) if colour == crimson) > 100
    shown = [
        Image.open(io.BytesIO(base64.b64decode(src.partition(",")[2]))).convert("RGB")
        for src in images.evaluate_all("all => all.map(one => one.src)")
        if src.startswith("data:image/png")
    ]
    assert any(
        crimson in {colour for _, colour in image.getcolors(image.width * image.height)} for image in shown
    )


def test_the_report_opened_by_hand_is_the_batchs_report(run_all, open_page, edition):
    """Every section of the page that the batch publishes is in JupyterLab, word for word and drawn."""
    wanted = open_page(edition.folder / "kunta/931-viitasaari.fi.html").evaluate(SECTIONS)
    page = run_all("kuntaraportti.ipynb")
    for last in ("tietoja", "liite"):  # of the page, and of its form for paper
        expect(page.locator(f"section#{last}")).to_be_attached(timeout=WAIT)
    found = page.evaluate(SECTIONS)
    assert len(wanted) >= 15
    assert sum(section["drawings"] for section in wanted.values()) > 20
    # A notebook runs its cells for paper too; a published page leaves those to its PDF.
    assert set(found) - set(wanted) == {"mittarit", "liite"}
    assert {name: found[name] for name in wanted} == wanted
    # By hand it is of no edition, and no file lies beside it: it says so, in the reader's language.
    expect(page.get_by_text(re.compile("Viitasaari, julkaisematon raportti aineistosta"))).to_be_attached()
    assert page.locator(".jp-OutputArea-output a[href^='..']").count() == 0
    expect(page.get_by_role("heading", name="Kuntaraportti", exact=False).first).to_be_attached()
    drawing = page.locator(".jp-OutputArea-output svg.ch").first
    drawing.scroll_into_view_if_needed()
    assert drawing.bounding_box()["height"] > 100
