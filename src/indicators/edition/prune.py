"""Old editions and snapshots are removed, but none that is shown or on which an edition that stays rests."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from indicators import folders
from indicators.edition.store import LATEST, find_shown, list_editions
from indicators.errors import OutputError
from indicators.snapshot.store import list_snapshots


def prune(
    reports: Path, web: Path | None, snapshots: Path, keep: int, is_dry: bool = False
) -> Iterator[tuple[Path, bool]]:
    """Remove all but the newest ``keep`` editions, and snapshots, of each folder.

    Yields the editions that stay though they are older, since ``latest`` of one of the folders shows them,
    with False; then what was removed, or would be in a dry run, with True. The snapshots on which an edition
    that stays rests stay too, and those before the newest, from which their changes are told.

    Raises
    ------
    LockError
        A run is writing into one of the folders.
    OutputError
        What is shown is not known, or something cannot be removed.
    """
    places = [place for place in (reports, web) if place]
    with ExitStack() as stack:
        advice = "wait until it has ended."
        for folder in filter(Path.is_dir, (reports / "runs", reports, snapshots)):
            stack.enter_context(folders.hold(folder, "a run is writing here;", advice))
        shown = {manifest["folder"] for place in places if (manifest := find_shown(place))}
        if web and not (web / LATEST).exists():
            advice = "Bring it back, or leave YHDYSPINTA_PUBLISH empty."
            raise OutputError(web / LATEST, "is not there: which edition readers see is not known.", advice)
        old: list[Path] = []
        stay: list[dict[str, Any]] = []
        for place in places:
            for number, (path, manifest) in enumerate(list_editions(place)):
                is_old = number >= keep and manifest["folder"] not in shown
                if is_old:
                    old.append(path)
                else:
                    stay.append(manifest)
                if number >= keep and not is_old:
                    yield path, False
        for path in (*old, *_list_unused(snapshots, keep, stay)):
            if not is_dry:
                folders.remove(path)
            yield path, True


def _list_unused(folder: Path, keep: int, editions: Sequence[Mapping[str, Any]]) -> list[Path]:
    """Snapshots that are not among the newest, and on which none of the editions rests."""
    stored = [item for item in list_snapshots(folder) if not item["is_bundled"]]
    needed = {item["snapshot"].get("sha256") for item in editions}
    needed |= {item.get("basis", {}).get("previous") for item in editions}
    needed |= {item["previous"]["sha256"] for item in stored[:keep] if item["previous"]}
    return [Path(item["path"]) for item in stored[keep:] if item["sha256"] not in needed]
