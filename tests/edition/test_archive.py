"""An archive gives back what was packed, and nothing is written from one that is not whole and safe."""

import hashlib
import json
import shutil
import unicodedata
import zipfile

import pandas as pd
import pytest
from click.testing import CliRunner

from indicators.cli import main
from indicators.edition.archive import CONTENTS, pack_archive, unpack_archive
from indicators.errors import OutputError, SnapshotError
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.store import BUNDLED_FOLDER, FILES, seal_manifest


@pytest.fixture
def packed(tmp_path):
    """A small edition of the bundled snapshot, as its folder and its archive."""
    folder, snapshot = tmp_path / "made" / "2026-11-24-abcdef01", load_snapshot("bundled")
    page = b"<!DOCTYPE html><title>Viitasaari</title>"
    (folder / "kunta").mkdir(parents=True)
    (folder / "kunta" / "931-viitasaari.fi.html").write_bytes(page)
    (folder / "index.html").write_bytes(page)
    entry = {"file": "kunta/931-viitasaari.fi.html", "sha256": hashlib.sha256(page).hexdigest()}
    manifest = {
        "edition": folder.name,
        "folder": folder.name,
        "snapshot": {"id": snapshot.id, "sha256": snapshot.sha256},
        "finished": "2026-11-24T00:00:00+00:00",
        "reports": [entry | {"state": "published"}, {"file": None, "sha256": None, "state": "failed"}],
        "files": {"index.html": hashlib.sha256(page).hexdigest()},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder, pack_archive(folder, BUNDLED_FOLDER, tmp_path / "edition.zip")


@pytest.fixture
def places(tmp_path, catalogue):
    """Folders of editions and of snapshots on another machine, and the catalogue there."""
    return tmp_path / "there" / "reports", tmp_path / "there" / "snapshots", catalogue


def _content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def _rewrite(file, target, change):
    """A copy of an archive with its entries changed: name to bytes."""
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target


def test_round_trip_gives_the_same_files(packed, places):
    """Edition and snapshot come back byte for byte, and once more changes nothing."""
    folder, file = packed
    edition, snapshot = unpack_archive(file, *places)
    assert _content(edition) == _content(folder)
    assert _content(snapshot) == _content(BUNDLED_FOLDER)
    assert load_snapshot(str(snapshot)).id == snapshot.name
    assert unpack_archive(file, *places) == (edition, snapshot)


def test_equal_editions_give_equal_archives(packed, tmp_path):
    """Packing has no time and no order of its own."""
    folder, file = packed
    assert pack_archive(folder, BUNDLED_FOLDER, tmp_path / "again.zip").read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    "name", ["../outside.txt", "edition/../../outside.txt", "/outside.txt", "edition\\..\\x", "other/x"]
)
def test_path_out_of_its_folder_is_refused(packed, places, tmp_path, name):
    """A path that would leave the folder stops everything, listed or not."""

    def add(entries):
        contents = json.loads(entries[CONTENTS])
        contents["files"][name] = hashlib.sha256(b"x").hexdigest()
        entries[CONTENTS] = json.dumps(contents).encode()
        entries[name] = b"x"

    file = _rewrite(packed[1], tmp_path / "slip.zip", add)
    with pytest.raises(OutputError, match="leaves its folder"):
        unpack_archive(file, *places)
    assert not list(tmp_path.rglob("outside.txt"))
    assert not any(place.exists() for place in places[:2])


@pytest.mark.parametrize("folder", ["../elsewhere", "", ".hidden", "a/b", "C:x"])
def test_folder_name_that_could_lead_elsewhere_is_refused(packed, places, tmp_path, folder):
    """The names of edition and snapshot are single steps."""

    def rename(entries):
        entries[CONTENTS] = json.dumps(json.loads(entries[CONTENTS]) | {"edition": folder}).encode()

    with pytest.raises(OutputError, match="names no edition"):
        unpack_archive(_rewrite(packed[1], tmp_path / "name.zip", rename), *places)


def test_changed_file_is_refused(packed, places, tmp_path):
    """A page that differs from its hash is not unpacked, and nothing else is either."""

    def spoil(entries):
        entries["edition/kunta/931-viitasaari.fi.html"] += b"!"

    with pytest.raises(OutputError, match=r"931-viitasaari\.fi\.html is damaged"):
        unpack_archive(_rewrite(packed[1], tmp_path / "spoilt.zip", spoil), *places)
    assert not _content(places[0])
    assert not list(places[1].glob("[!.]*"))


def test_lost_or_added_file_is_refused(packed, places, tmp_path):
    """The files are those of the list, no more and no fewer."""
    for at, change in enumerate(
        (lambda e: e.pop("edition/index.html"), lambda e: e.update({"edition/more.html": b""}))
    ):
        with pytest.raises(OutputError, match="differ from the list"):
            unpack_archive(_rewrite(packed[1], tmp_path / f"{at}.zip", change), *places)


def test_damaged_zip_is_refused(packed, places, flip_byte, tmp_path):
    """A flipped byte, half a file and no zip at all: one message, nothing written."""
    flip_byte(packed[1])
    half, text = tmp_path / "half.zip", tmp_path / "text.zip"
    half.write_bytes(packed[1].read_bytes()[:5000])
    text.write_text("no zip", "utf-8")
    for file in (packed[1], half, text):
        with pytest.raises(OutputError):
            unpack_archive(file, *places)
    assert not _content(places[0])


def test_different_content_in_place_is_not_overwritten(packed, places):
    """An edition of the same name with other pages stays as it is."""
    edition, _ = unpack_archive(packed[1], *places)
    (edition / "index.html").write_text("mine", "utf-8")
    with pytest.raises(OutputError, match="different content"):
        unpack_archive(packed[1], *places)
    assert (edition / "index.html").read_text("utf-8") == "mine"


def test_edition_that_differs_from_its_manifest_is_not_packed(packed, tmp_path):
    """A page edited after publication is told before it is archived."""
    folder, _ = packed
    (folder / "kunta" / "931-viitasaari.fi.html").write_text("edited", "utf-8")
    with pytest.raises(OutputError, match="differs from the edition's manifest"):
        pack_archive(folder, BUNDLED_FOLDER, tmp_path / "no.zip")
    assert not (tmp_path / "no.zip").exists()


def test_edition_of_another_snapshot_is_not_packed(packed, tmp_path, make_rows, write):
    """An archive holds the snapshot on which its edition rests, and no other."""
    row = {"indicator_id": "sotkanet:181", "area_code": "931", "year": 2011, "value": 11.4}
    other = write(make_rows(row))
    with pytest.raises(SnapshotError, match="but the edition rests on"):
        pack_archive(packed[0], other.path, tmp_path / "no.zip")


def test_commands_and_their_exit_codes(packed, tmp_path):
    """Archive and unarchive: 0 done, 2 no such file or edition, 4 damaged."""
    folder, _ = packed
    run = CliRunner().invoke
    file, there = tmp_path / "cli.zip", tmp_path / "cli-reports"
    made = run(main, ["archive", folder.name, "--out", str(folder.parent), "-o", str(file)])
    assert (made.exit_code, made.output.strip()) == (0, str(file))
    assert run(main, ["unarchive", str(file), "--out", str(there)]).exit_code == 0
    assert _content(there / folder.name) == _content(folder)
    assert run(main, ["archive", "no-such", "--out", str(folder.parent)]).exit_code == 2
    assert run(main, ["unarchive", str(tmp_path / "none.zip")]).exit_code == 2
    file.write_text("no zip", "utf-8")
    assert run(main, ["unarchive", str(file), "--out", str(there)]).exit_code == 4


# --- zipped again by other tools -----------------------------------------------------------------------


@pytest.mark.parametrize("tool", ["folders", "around", "backslashes", "decomposed", "unsaid", "finder"])
def test_archive_zipped_again_by_another_tool_opens(tool, packed, places, tmp_path, monkeypatch):
    """Entries for folders, one folder around all, Windows' slashes, macOS' letters and files of its own."""
    folder, _ = packed
    (folder / "kunta" / "äänekoski.html").write_bytes(b"<p>")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["files"]["kunta/äänekoski.html"] = hashlib.sha256(b"<p>").hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    file, target = pack_archive(folder, BUNDLED_FOLDER, tmp_path / "ae.zip"), tmp_path / "again.zip"
    if tool == "unsaid":  # names in UTF-8 without the mark that says so
        unsaid = lambda entry: (entry.filename.encode(), entry.flag_bits & ~0x800)  # noqa: E731
        monkeypatch.setattr(zipfile.ZipInfo, "_encodeFilenameFlags", unsaid)
    rename = {
        "around": lambda name: f"julkaisu/{name}",
        "backslashes": lambda name: name.replace("/", "\\"),
        "decomposed": lambda name: unicodedata.normalize("NFD", name),
    }.get(tool, lambda name: name)
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(target, "w") as again:
        if tool in ("folders", "finder"):
            again.mkdir("edition")
        if tool == "finder":
            again.writestr("__MACOSX/edition/._index.html", b"x")
            again.writestr("edition/.DS_Store", b"x")
        for name in archive.namelist():
            entry = zipfile.ZipInfo("x")
            entry.filename = rename(name)
            again.writestr(entry, archive.read(name))
    edition, _ = unpack_archive(target, *places)
    assert _content(edition) == _content(folder)


# --- forged: every hash is right -----------------------------------------------------------------------


def _forge(packed, tmp_path, change_edition=None, change_snapshot=None, change=None):
    """An archive whose parts were changed and all of whose hashes and seals were made anew."""
    tmp_path.mkdir(exist_ok=True)
    snapshot = tmp_path / "forged" / "snapshot"
    shutil.copytree(BUNDLED_FOLDER, snapshot)
    manifest = json.loads((snapshot / "manifest.json").read_text("utf-8"))
    if change_snapshot:
        change_snapshot(snapshot, manifest)
        manifest["files"] = {n: hashlib.sha256((snapshot / n).read_bytes()).hexdigest() for n in FILES}
        total = hashlib.sha256(json.dumps(manifest["files"], sort_keys=True).encode()).hexdigest()
        manifest |= {"sha256": total, "id": f"{manifest['created']}-{total[:8]}"}
        manifest["seal"] = seal_manifest(manifest)
        (snapshot / "manifest.json").write_text(json.dumps(manifest), "utf-8")

    def rewrite(entries):
        edition = json.loads(entries["edition/manifest.json"])
        edition["snapshot"] = {"id": manifest["id"], "sha256": manifest["sha256"]}
        if change_edition:
            change_edition(edition, entries)
        entries["edition/manifest.json"] = json.dumps(edition).encode()
        entries |= {f"snapshot/{path.name}": path.read_bytes() for path in snapshot.iterdir()}
        contents = json.loads(entries.pop(CONTENTS)) | {"edition": edition["folder"]}
        contents["snapshot"] = edition["snapshot"]
        contents["files"] = {name: hashlib.sha256(data).hexdigest() for name, data in entries.items()}
        if change:
            change(contents)
        entries[CONTENTS] = json.dumps(contents).encode()

    return _rewrite(packed[1], tmp_path / "forged.zip", rewrite)


def _change_rows(change):
    def write(folder, manifest):
        table = pd.read_parquet(folder / "observations.parquet")
        table = change(table)
        table.to_parquet(folder / "observations.parquet", index=False)

    return write


def _set(row, column, value):
    def change(table):
        table.loc[row, column] = value
        return table

    return _change_rows(change)


FORGED = {
    "over the unit's limit": ({"change_snapshot": _set(0, "value", 1e12)}, "beyond the unit's maximum"),
    "without end": ({"change_snapshot": _set(0, "count", float("inf"))}, "a count without end"),
    "a year to come": ({"change_snapshot": _set(0, "year", 2090)}, "its rows are not in order|a year after"),
    "row twice": (
        {"change_snapshot": _change_rows(lambda t: pd.concat([t, t.iloc[:1]], ignore_index=True))},
        "its rows are not those",
    ),
    "rows shuffled": ({"change_snapshot": _change_rows(lambda t: t.iloc[::-1])}, "not in order"),
    "a column less": (
        {"change_snapshot": _change_rows(lambda t: t.drop(columns="status"))},
        "has columns",
    ),
    "no Parquet": (
        {"change_snapshot": lambda folder, m: (folder / "areas.parquet").write_bytes(b"x")},
        "is no Parquet file",
    ),
    "series of no form": (
        {"change_snapshot": lambda folder, m: (folder / "series.json").write_text('{"a": {"source": 1}}')},
        r"series\.json",
    ),
    "dated in the future": (
        {"change_snapshot": lambda f, m: m.update(created="2999-01-01")},
        "still to come",
    ),
    "no sequence": ({"change_snapshot": lambda f, m: m.pop("sequence")}, "is not a snapshot's"),
    "stray in the snapshot": (
        {"change_snapshot": lambda folder, m: (folder / "more.txt").write_text("x")},
        "which is no file of a snapshot",
    ),
    "page nobody names": (
        {"change_edition": lambda m, entries: entries.update({"edition/kunta/evil.html": b"x"})},
        "does not name",
    ),
    "page swapped": (
        {"change_edition": lambda m, e: e.update({"edition/kunta/931-viitasaari.fi.html": b"x"})},
        "differs from the edition's manifest",
    ),
    "reports of no form": (
        {"change_edition": lambda m, e: m.update(reports=[{"file": ["x"]}])},
        "is not an edition's",
    ),
    "named latest": ({"change_edition": lambda m, e: m.update(folder="Latest")}, "names no edition"),
    "too deep": (
        {"change_edition": lambda m, e: e.update({"edition/a/b/c.html": b"x"})},
        "leaves its folder",
    ),
    "list of brackets": (
        {"change": lambda contents: contents.update(files={"a": 1})},
        "names no edition|list",
    ),
}


@pytest.mark.parametrize(("how", "message"), FORGED.values(), ids=FORGED.keys())
def test_forged_archive_never_becomes_part_of_the_store(how, message, packed, places, tmp_path):
    """Hashes and seals prove that a file is whole, not what it is: it is checked as that."""
    file = _forge(packed, tmp_path, **how)
    with pytest.raises(OutputError, match=message) as caught:
        unpack_archive(file, *places)
    assert ".unfinished" not in str(caught.value)
    assert not _content(places[0])
    assert not list(places[1].glob("[!.]*"))


def test_archive_forged_in_nothing_opens(packed, places, tmp_path):
    """What the test before is measured against."""
    assert unpack_archive(_forge(packed, tmp_path), *places)
    same = _forge(packed, tmp_path / "rows", change_snapshot=_change_rows(lambda table: table))
    assert unpack_archive(same, places[0].parent / "other", *places[1:])


@pytest.mark.parametrize("content", [b"[" * 100_000, b" " * (17 * 1024**2)], ids=["nested", "large"])
def test_list_that_would_fill_the_memory_is_not_read(content, packed, places, tmp_path):
    """Neither brackets nor blanks."""
    with pytest.raises(OutputError, match="has no readable"):
        unpack_archive(
            _rewrite(packed[1], tmp_path / "b.zip", lambda e: e.update({CONTENTS: content})), *places
        )


def test_bomb_is_refused_before_anything_is_read(packed, places, tmp_path, monkeypatch):
    """By what the zip states of itself; a zip that states less gives no more than it states."""
    monkeypatch.setattr("indicators.edition.archive.MAXIMUM_BYTES", 1000)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *what: pytest.fail("read"))
    with pytest.raises(OutputError, match="would unpack to"):
        unpack_archive(packed[1], *places)
