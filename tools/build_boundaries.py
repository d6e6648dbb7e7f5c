"""Makes the municipal borders that the map is drawn from, out of the National Land Survey's.

    python tools/build_boundaries.py kuntarajat.2023.json

The file given is GeoJSON of all municipalities in degrees (WGS 84), with NATCODE as the code. Written are
the agreement's municipalities alone, in a format of our own: an equal-area (sinusoidal) projection about
the region's middle, in whole hundreds of metres to the east and the north, each outline as its first point
and the steps from it. Neighbours stay on the same points, because points are rounded before steps are taken.
"""

import argparse
import itertools
import json
import math
import re
from pathlib import Path

from indicators.catalogue import load_catalogue
from indicators.config import DATA_FOLDER

YEAR = 2023
UNIT_METRES = 100
RADIUS_METRES = 6_371_007  # of the sphere of the Earth's area
ORIGIN = (25.4, 61.4)  # degrees east and north
LABEL_STEPS = 60


def project(longitude: float, latitude: float) -> tuple[int, int]:
    """Hundreds of metres east and north of the origin."""
    unit = RADIUS_METRES / UNIT_METRES
    east = math.radians(longitude - ORIGIN[0]) * math.cos(math.radians(latitude)) * unit
    north = math.radians(latitude - ORIGIN[1]) * unit
    return round(east), round(north)


def outline(ring: list[list[float]]) -> list[tuple[int, int]]:
    """A ring's points without its closing point and without repeats."""
    points = [project(*place) for place in ring]
    kept = [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]
    return kept[:-1] if kept[0] == kept[-1] else kept


def label_place(points: list[tuple[int, int]]) -> tuple[int, int]:
    """The point inside that lies farthest from the border, on a grid; width counts more than height."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    best, place = -1.0, points[0]
    for i in range(1, LABEL_STEPS):
        for j in range(1, LABEL_STEPS):
            x = min(xs) + (max(xs) - min(xs)) * i / LABEL_STEPS
            y = min(ys) + (max(ys) - min(ys)) * j / LABEL_STEPS
            distance = _distance_inside(x, y, points)
            if distance > best:
                best, place = distance, (round(x), round(y))
    return place


def _distance_inside(x: float, y: float, points: list[tuple[int, int]]) -> float:
    """Distance to the border, heights counted double; negative outside."""
    nearest, is_inside = math.inf, False
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            is_inside = not is_inside
        dx, dy = x1 - x0, (y1 - y0) * 2
        share = max(0.0, min(1.0, ((x - x0) * dx + (y - y0) * 2 * dy) / (dx * dx + dy * dy)))
        nearest = min(nearest, math.hypot(x0 + share * dx - x, y0 * 2 + share * dy - y * 2))
    return nearest if is_inside else -nearest


def steps(points: list[tuple[int, int]]) -> list[int]:
    """The first point, and after it the step to each next one, all in one list."""
    flat = [*points[0]]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        flat += [x1 - x0, y1 - y0]
    return flat


def build(features: list[dict], codes: list[str]) -> dict:
    """The content of ``boundaries.json``."""
    found = {item["properties"]["NATCODE"]: item["geometry"] for item in features}
    missing = [code for code in codes if code not in found]
    if missing:
        raise SystemExit(f"The file has no municipality {', '.join(missing)}; expected all of {codes}.")
    areas = {}
    for code in codes:
        geometry = found[code]
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        outlines = [outline(polygon[0]) for polygon in polygons]
        largest = max(outlines, key=len)
        areas[code] = {"label": label_place(largest), "outlines": [steps(points) for points in outlines]}
    return {
        "source": {
            "fi": f"Maanmittauslaitos, kuntarajat {YEAR}, yleistetty",
            "sv": f"Lantmäteriverket, kommungränser {YEAR}, generaliserade",
            "en": f"National Land Survey of Finland, municipal borders {YEAR}, generalised",
        },
        "licence": "CC BY 4.0",
        "year": YEAR,
        "unit_metres": UNIT_METRES,
        "projection": f"sinusoidal about {ORIGIN[0]} E, {ORIGIN[1]} N; WGS 84",
        "areas": areas,
    }


def main() -> None:
    """Read the file given and write the package's borders."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="GeoJSON of municipal borders")
    arguments = parser.parse_args()
    features = json.loads(arguments.file.read_text("utf-8"))["features"]
    content = build(features, sorted(area.code for area in load_catalogue().members))
    text = json.dumps(content, ensure_ascii=False, indent=1)
    text = re.sub(r"\[[-\d,\s]*\]", lambda found: re.sub(r"\s+", "", found.group()), text)
    target = DATA_FOLDER / "boundaries.json"
    target.write_text(text + "\n", "utf-8")
    n = sum(len(points) // 2 for area in content["areas"].values() for points in area["outlines"])
    print(f"{target.name}: {len(content['areas'])} municipalities, {n} points, {len(text)} bytes")


if __name__ == "__main__":
    main()
