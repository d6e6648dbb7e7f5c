"""Makes the reports' typeface, a subset of Source Sans 3, out of its published package.

    pip install 'fonttools[woff]'
    npm pack @fontsource/source-sans-3
    tar xzf fontsource-source-sans-3-*.tgz
    python tools/build_font.py package

The folder given is the unpacked package. Written are two static weights as WOFF2 and the licence's text.
Static because Chromium prints a variable font as shapes, which doubles the PDF; of the letters that Finnish,
Swedish and English need, because every report carries the typeface in itself. Anything else falls back to
the reader's own typeface, letter by letter. Its digits are of one width as they are.

The licence reserves the name Source for the original, so the subset has a name of its own.
"""

import argparse
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from indicators.config import DATA_FOLDER

FOLDER = DATA_FOLDER / "fonts"
FAMILY = "Yhdyspinta Sans"
STYLES = {400: "Regular", 600: "SemiBold"}
#: Printable ASCII, what the three languages and their neighbours' names need, and signs of running text.
CHARACTERS = [*range(0x20, 0x7F), *map(ord, "\u00a0\u00ad§°±²³·»«×½ÄÅÉÖÜØÆÁäåéöüøæáàèêíóúçñß–—’”“•…€−")]
MAXIMUM_BYTES = 18_000  # of both; as text in a page they take a third more
COPYRIGHT, LICENCE_NAMES = 0, (0, 13, 14)


def build_weight(package: Path, weight: int) -> str:
    """Write one weight's subset; returns the original's copyright line."""
    options = subset.Options(flavor="woff2", layout_features=["kern"], hinting=False)
    options.name_IDs = [1, 2, 4, 6, *LICENCE_NAMES]
    options.drop_tables += ["STAT"]  # what a variable font's axes are called
    options.recalc_timestamp = False
    font = subset.load_font(str(package / "files" / f"source-sans-3-latin-{weight}-normal.woff2"), options)
    wanted = subset.Subsetter(options)
    wanted.populate(unicodes=CHARACTERS)
    wanted.subset(font)
    rename(font, STYLES[weight])
    subset.save_font(font, str(FOLDER / f"source-sans-3-{weight}.woff2"), options)
    return font["name"].getDebugName(COPYRIGHT)


def rename(font: TTFont, style: str) -> None:
    """Give the font the subset's own name."""
    full = f"{FAMILY} {style}"
    names = {1: FAMILY, 2: style, 4: full, 6: full.replace(" ", "")}
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)


def main() -> None:
    """Write both weights and the licence under the copyright line that the fonts carry."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path, help="the unpacked npm package @fontsource/source-sans-3")
    package = parser.parse_args().package
    FOLDER.mkdir(exist_ok=True)
    copyright_line, *_ = [build_weight(package, weight) for weight in STYLES]
    licence = (package / "LICENSE").read_text("utf-8").partition("This Font Software")
    (FOLDER / "OFL.txt").write_text(f"{copyright_line}\n\n{licence[1]}{licence[2]}", "utf-8")
    total = sum((FOLDER / f"source-sans-3-{weight}.woff2").stat().st_size for weight in STYLES)
    if total > MAXIMUM_BYTES:
        raise SystemExit(f"the two weights are {total} bytes; at most {MAXIMUM_BYTES} are wanted")
    print(f"{total} bytes in {FOLDER}")


if __name__ == "__main__":
    main()
