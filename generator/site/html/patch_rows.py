"""The rows of a list of patches as HTML, written by hand for speed. Reviewed: all text is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from markupsafe import Markup

from generator import urls
from generator.archive.patch_rows import PatchRow
from generator.mail.headers import quote_segment
from generator.site.html.escape import visible_html as visible

_CHECKS = ("success", "warning", "fail")
_DASHES = "<span>–</span> <span>–</span> <span>–</span></span>"
_NO_TAGS = f'<span class="counts art none" title="Acked-by, Reviewed-by, Tested-by">{_DASHES}'
_NO_CHECKS = f'<span class="counts swf none" title="checks: success, warning, fail">{_DASHES}'


def patch_rows(rows: Iterable[PatchRow], base: str) -> Markup:
    """The `<tr>`s of a table of patches; `base`: the path from the page to the project's folder."""
    start = escape(base)
    return Markup("".join([_row(row, start) for row in rows]))


def _row(row: PatchRow, base: str) -> str:
    submitter = series = ""
    if row.submitter_id is not None:
        submitter = f'<a href="{base}submitter/{row.submitter_id}/">{visible(row.submitter)}</a>'
    if row.series_id is not None:
        name = visible(row.series) if row.series else f"series {row.series_id}"
        series = f'<a href="{base}series/{row.series_id}/">{name}</a>'
    when = urls.moment(row.date)
    day = f"{when.year:04}-{when.month:02}-{when.day:02}"
    state = escape(row.state)
    archived = ' <span class="note">archived</span>' if row.archived else ""
    return (
        f'<tr>\n<td class="date"><time datetime="{day}T{when.hour:02}:{when.minute:02}:'
        f'{when.second:02}Z">{day}</time></td>\n'
        f'<th scope="row"><a href="{base}patch/{escape(quote_segment(row.slug))}/">'
        f"{visible(row.name) if row.name else '(no subject)'}</a></th>\n"
        f'<td>{submitter}</td>\n<td class="series">{series}</td>\n'
        f"<td>{tags(row.tags)}</td>\n<td>{checks(row.checks)}</td>\n"
        f'<td><span class="state" data-state="{state}">{state.replace("-", " ")}</span>'
        f"{archived}{landed_mark(row.landed)}</td>\n</tr>\n"
    )


def landed_mark(commit: str) -> Markup:
    """What a row says of a patch that landed as a commit; nothing without one."""
    return Markup(f' <span class="outcome">landed {escape(commit[:9])}</span>' if commit else "")


def tags(counts: tuple[int, int, int]) -> Markup:
    """The number of Acked-by, Reviewed-by and Tested-by trailers, as the A/R/T column shows them."""
    if not any(counts):
        return Markup(_NO_TAGS)
    shown = " ".join(f"<b>{n}</b>" if n else "<span>–</span>" for n in counts)
    return Markup(
        f'<span class="counts art" title="Acked-by, Reviewed-by, Tested-by">{shown}</span>'
    )


def checks(counts: tuple[int, int, int]) -> Markup:
    """The number of checks that ended with success, warning and fail, as the S/W/F column shows them."""
    if not any(counts):
        return Markup(_NO_CHECKS)
    shown = " ".join(
        f'<b class="{name}">{n}</b>' if n else "<span>–</span>"
        for name, n in zip(_CHECKS, counts, strict=True)
    )
    return Markup(f'<span class="counts swf" title="checks: success, warning, fail">{shown}</span>')
