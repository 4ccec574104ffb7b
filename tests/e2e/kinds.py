"""The kinds of page that are looked at as a whole, each by one page of the sample."""

from __future__ import annotations

from tests.conftest import Site

KINDS = (
    "home",
    "project",
    "list",
    "facet",
    "patch",
    "cover",
    "series",
    "search",
    "about",
    "bulk",
    "comparison",
    "thread",
    "person",
    "figures",
    "series-list",
    "changes",
    "folder",
)


def path_of(kind: str, sample: Site) -> str:
    """The address of a kind's page, relative to the site's root."""
    project = "project/stillwork/"
    paths = {
        "home": "./",
        "project": project,
        "list": f"{project}list/",
        "facet": f"{project}state/",
        "series": f"{project}series/12/",
        "search": "search/?q=the",
        "about": "about/",
        "bulk": "archive/",
        "comparison": f"{project}series/12/vs/11/",
        "thread": f"{project}series/11/thread/",
        "person": "person/1/",
        "figures": f"{project}figures/",
        "series-list": f"{project}series/",
        "changes": f"{project}changes/",
        "folder": f"{project}folder/",
    }
    return paths.get(kind) or _mail_page(sample, kind)


def _mail_page(sample: Site, kind: str) -> str:
    """The page of the first version's first patch, or of its cover letter."""
    number = {"patch": "4117-1", "cover": "4117-0"}[kind]
    pages = (name for name in sample.names() if f"/{kind}/" in name and number in name)
    return next(name for name in pages if name.endswith("index.html")).removesuffix("index.html")
