"""The default theme's templates read what their views have."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import jinja2
import pytest
from jinja2 import meta

from generator.site import pages
from generator.site.exports import bulk, feeds, id_lookup, sitemap
from generator.site.pages import (
    area,
    area_list,
    authored,
    bundle,
    change_list,
    comparison,
    facet,
    folder,
    home,
    landed,
    landed_change,
    not_found,
    patch,
    patch_list,
    person,
    project,
    robots,
    search,
    series,
    series_list,
    statistics,
    thread,
)
from generator.site.pages.parts.change_selection import SelectionView
from generator.site.pages.parts.mail_view import MailView
from generator.site.pages.parts.patch_diff import FilePageView

TEMPLATES = Path(pages.__file__).parents[3] / "themes" / "default" / "templates"
#: What every template has, and the macros that the frame of all pages imports.
EVERYWHERE = {"root", "url", "site", "urls", "parts", "self"}
VIEWS = {
    "area.html": [area.AreaView, SelectionView],
    "area_list.html": [area_list.AreaListView],
    "authored.html": [authored.AuthoredView],
    "bundle.html": [bundle.BundleView],
    "bundle_list.html": [bundle.BundleListView],
    "bulk.html": [bulk.BulkView],
    "change_list.html": [change_list.ChangeListView],
    "comparison.html": [comparison.ComparisonView],
    "cover.html": [MailView],
    "facet.html": [facet.FacetView],
    "feed.atom": [feeds.FeedView],
    "folder.html": [folder.FolderView, SelectionView],
    "home.html": [home.HomeView],
    "landed.html": [landed.LandedView],
    "landed_change.html": [landed_change.LandedChangeView],
    "landed_list.html": [landed.LandedListView],
    "not_found.html": [not_found.NotFoundView],
    "patch.html": [MailView, patch.PatchView],
    "patch_file.html": [MailView, FilePageView],
    "patch_list.html": [patch_list.PatchListView],
    "person.html": [person.PersonView],
    "project.html": [project.ProjectView],
    "redirect.html": [id_lookup.RedirectView],
    "robots.txt": [robots.RobotsView],
    "search.html": [search.SearchView],
    "series.html": [series.SeriesView],
    "series_list.html": [series_list.SeriesListView],
    "sitemap-index.xml": [sitemap.SitemapIndexView],
    "sitemap.xml": [sitemap.SitemapView],
    "statistics.html": [statistics.StatisticsView],
    "thread.html": [thread.ThreadView],
}


def read_by(name: str) -> set[str]:
    """The names that a template, and those that it extends, take from outside."""
    environment = jinja2.Environment()
    tree = environment.parse((TEMPLATES / name).read_text("utf-8"))
    for node in tree.find_all(jinja2.nodes.Filter):
        environment.filters.setdefault(node.name, str)  # to find names, any filter will do
    names = meta.find_undeclared_variables(tree)
    for extended in tree.find_all(jinja2.nodes.Extends):
        names |= read_by(extended.template.value)
    imported = {node.target for node in tree.find_all(jinja2.nodes.Import)}
    targets = [node.target for node in tree.find_all(jinja2.nodes.Assign)]
    assigned = {name.name for target in targets for name in (target, *target.find_all(jinja2.nodes.Name))
                if isinstance(name, jinja2.nodes.Name)}  # fmt: skip
    return names - imported - assigned - EVERYWHERE


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_a_template_reads_what_its_views_have(name: str) -> None:
    available = {field.name for view in VIEWS[name] for field in fields(view)}
    assert read_by(name) <= available


def test_every_template_of_a_page_has_a_view() -> None:
    whole = {path.name for path in TEMPLATES.iterdir() if not path.name.startswith("_")}
    assert whole - {"base.html", "workbench.html", "mail.html"} == set(VIEWS)


def test_no_two_views_of_a_template_have_a_field_of_the_same_name() -> None:
    for name, views in VIEWS.items():
        every = [field.name for view in views for field in fields(view)]
        assert len(every) == len(set(every)), name
