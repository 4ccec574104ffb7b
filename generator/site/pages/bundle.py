"""Pages of public bundles, with their mboxes, and the lists of a project's bundles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from generator import urls
from generator.archive import bundles, planning
from generator.archive.patch_bundles import PublicBundle
from generator.archive.patch_rows import PatchRow, patch_rows
from generator.mail import mbox
from generator.mail.headers import bare_msgid
from generator.model import Bundle, Project
from generator.site.build_context import Context, Files
from generator.site.exports.api_bundles import bundle_file
from generator.site.pagination import ListPage, cut_by_count, pages
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, SitemapEntry, Stage, Unit

#: Bytes of the mbox of a bundle, in which a patch may stand that others have, too.
_LARGEST_MBOX = 16 << 20


@dataclass(frozen=True)
class BundleView:
    """What `bundle.html` shows. URLs are relative to the site's root.

    rows: its patches in order; missing: the names of those that the archive lacks. mbox_url: None where
    there is no patch, or where their mails are too large together (`is_large`). deleted_since: since when
    the server lacks the bundle (seconds since 1970).
    """

    name: str
    owner: str
    is_own: bool
    project: Project
    project_url: str
    list_url: str
    rows: list[PatchRow]
    missing: list[str]
    mbox_url: str | None
    is_large: bool
    download_name: str
    deleted_since: int | None


@dataclass(frozen=True)
class BundleItem:
    """A bundle in a list. `name`: its title, if it has one."""

    name: str
    url: str
    owner: str
    patches: int


@dataclass(frozen=True)
class BundleListView:
    """What `bundle_list.html` shows. URLs are relative to the site's root; page is None for the newest."""

    project: Project
    project_url: str
    bundles: list[BundleItem]
    page: int | None
    total: int | None
    newest_url: str
    newer_url: str | None
    older_url: str | None


def bundle_page(context: Context, number: int, found: PublicBundle) -> Files:
    """`/bundle/OWNER/NAME/`, its mbox and what the API has of it."""
    archive = context.archive
    bundle = archive.get(Bundle, number)
    assert bundle
    slug, project = context.project(found.project_id)
    rows = [r for r in patch_rows(archive, found.patches) if r.project_id == found.project_id]
    have = {row.id for row in rows}
    url = urls.bundle(found.owner, found.name)
    content = _mbox(context, rows)
    view = BundleView(
        name=bundle.title or bundle.name,
        owner=bundle.owner.username if bundle.owner else "",
        is_own=found.is_own,
        project=project,
        project_url=urls.project(slug),
        list_url=urls.bundle_list(slug),
        rows=rows,
        missing=[
            stub.name or bare_msgid(stub.msgid or "") or f"patch {stub.id}"
            for stub in bundle.patches
            if stub.id not in have
        ],
        mbox_url=f"{url}mbox" if content else None,
        is_large=bool(rows) and content is None,
        download_name=mbox.file_name(bundle.name, ""),
        deleted_since=found.deleted,
    )
    files: Files = {urls.file_of(url): context.render("bundle.html", url, view)}
    if content:
        files[urls.file_of(f"{url}mbox")] = content
    if context.config.api:
        files |= bundle_file(context, number, url)
    return files


def _mbox(context: Context, rows: list[PatchRow]) -> bytes | None:
    """The mails of the patches in order; None without any, or where they are too large together."""
    left = _LARGEST_MBOX
    mails = []
    for row in rows:
        mails.append(context.mbox(bundles.patch_mail(context.archive, row.id)))
        left -= len(mails[-1])
        if left < 0:
            return None
    return mbox.mailbox(mails) if mails else None


def bundle_list_page(
    context: Context, key: tuple[int, int | None], payload: tuple[ListPage, dict[int, PublicBundle]]
) -> Files:
    """A page of the list of a project's bundles."""
    content, found = payload
    project_id, number = key
    slug, project = context.project(project_id)
    url = urls.bundle_list(slug, number)
    view = BundleListView(
        project=project,
        project_url=urls.project(slug),
        bundles=[_item(context, found[one]) for one in content.ids],
        page=number,
        total=content.total,
        newest_url=urls.bundle_list(slug),
        newer_url=urls.bundle_list(slug, content.newer) if number else None,
        older_url=urls.bundle_list(slug, content.older) if content.older else None,
    )
    return {urls.file_of(url): context.render("bundle_list.html", url, view)}


def _item(context: Context, found: PublicBundle) -> BundleItem:
    bundle = context.archive.get(Bundle, found.id)
    assert bundle
    owner = bundle.owner.username if bundle.owner else ""
    url = urls.bundle(found.owner, found.name)
    return BundleItem(bundle.title or bundle.name, url, owner, len(found.patches))


def _units(plan: Plan) -> Iterator[Unit]:
    patches = {of.project: of for of in plan.project_patches}
    comments = plan.fingerprints.comments["patch"]
    for found in plan.bundles:
        of = patches[found.project_id]
        held = [number for number in found.patches if number in of]
        replies = [comments.get(number) for number in held]
        depends = found, plan.projects[found.project_id], of.fingerprint(held), replies
        yield plan.unit("bundle", found.id, depends, found)


def _list_units(plan: Plan) -> Iterator[Unit]:
    ordered = sorted(plan.bundles, key=lambda found: (found.project_id, found.id))
    for project, group in groupby(ordered, lambda found: found.project_id):
        members = {found.id: found for found in group}
        cuts = cut_by_count(len(members), plan.config.page_size)
        for number, shown in pages("", [*members], cuts):
            of = {one: members[one] for one in shown.ids}
            depends = plan.projects[project], shown, of
            yield plan.unit("bundle-list", (project, number), depends, (shown, of))


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    for found in plan.bundles:
        yield urls.bundle(found.owner, found.name), None


def _list_sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    slugs = planning.project_slugs(plan.archive)
    for project in sorted({found.project_id for found in plan.bundles}):
        yield urls.bundle_list(slugs[project]), None


BUNDLE = PageKind(
    "bundle",
    _units,
    bundle_page,
    templates=("bundle.html",),
    stage=Stage.OBJECTS,
    part=Part.LISTS,
    sitemap=_sitemap,
)
BUNDLE_LIST = PageKind(
    "bundle-list",
    _list_units,
    bundle_list_page,
    templates=("bundle_list.html",),
    stage=Stage.LISTS,
    part=Part.LISTS,
    sitemap=_list_sitemap,
)
