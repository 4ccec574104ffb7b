"""Bundles as Patchwork's API gives them."""

from __future__ import annotations

from generator.archive.objects import bundle_objects
from generator.site.build_context import Context, Files
from generator.site.exports import api
from generator.site.exports.api_embedded import complete_mail, download


def bundle_file(context: Context, number: int, page: str) -> Files:
    """`api/bundles/ID.json`; `page`: the URL of the bundle's page."""
    objects = bundle_objects(context.archive, number)
    base, bundle = api.completed(context, "bundle", objects.value, objects.project)
    bundle["patches"] = [dict(stub) for stub in bundle["patches"] or []]
    for stub in bundle["patches"]:
        complete_mail(base, "patch", stub, objects.refs)
    bundle |= {
        "url": f"{base}api/bundles/{number}/",
        "web_url": base + page,
        # As Patchwork names it.
        "mbox": download(f"{base}{page}mbox/", f"bundle-{number}-{bundle['name']}", ".mbox"),
    }
    if owner := bundle["owner"]:
        missing = {"url": None, "first_name": "", "last_name": "", "email": ""}
        bundle["owner"] = {**missing, **owner}
    bundle.pop("title", None)
    return {f"api/bundles/{number}.json": api.encode(bundle)}
