"""Screenshots of pages, and whether two show the same page.

Another build of a browser draws letters a little differently. So pictures are compared coarsely: as the mean
colours of squares, of which some may differ.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Page

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
SCHEMES = ("light", "dark")
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
#: The share of squares that may differ between pictures of the same page.
SHARE = 0.02
#: Pixels along a square's side, and what may lie between two values of one colour, of 255.
_SQUARE = 10
_TOLERANCE = 14
_COLOURS = 48
#: The same letters everywhere, and nothing that moves.
_STEADY = """
  :root { --mono: "DejaVu Sans Mono" !important; }
  html { font-family: "DejaVu Sans" !important; }
  * { animation: none !important; transition: none !important; caret-color: transparent !important; }
"""


def shoot(page: Page) -> Image.Image:
    """What a page shows on its screen."""
    page.add_style_tag(content=_STEADY)
    page.evaluate("document.fonts.ready")
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def save(picture: Image.Image, path: Path) -> None:
    """Write a picture with its commonest colours, which are enough for a page and make a small file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    counted = sorted(picture.getcolors(picture.width * picture.height), reverse=True)[:_COLOURS]
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for _, colour in counted for value in colour])
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


def load(path: Path) -> Image.Image:
    return Image.open(path).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of squares whose colours differ: 0 for the same picture, 1 for pictures of different size."""
    if one.size != other.size:
        return 1.0
    small = [_blurred(picture) for picture in (one, other)]
    channels = ImageChops.difference(*small).split()
    most = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    counts = most.histogram()
    return sum(counts[_TOLERANCE + 1 :]) / sum(counts)


def _blurred(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    small = picture.resize((width // _SQUARE, height // _SQUARE), Image.Resampling.BOX)
    return small.filter(ImageFilter.BoxBlur(1))
