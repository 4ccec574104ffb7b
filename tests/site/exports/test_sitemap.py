from __future__ import annotations

from generator.site.exports import sitemap
from tests.factories import patch


def test_sitemaps_are_split_at_the_protocols_limit(site, monkeypatch):
    monkeypatch.setattr(sitemap, "SITEMAP_URLS", 10)
    site.put(*(patch(n) for n in range(1, 26)))
    site.build(base_url="https://p.example.org/")
    index = site.page("sitemap.xml")
    parts = [n for n in range(1, 9) if f"https://p.example.org/sitemap-{n}.xml" in index]
    urls = [site.page(f"sitemap-{n}.xml").count("<loc>") for n in parts]
    assert len(parts) > 1 and max(urls) <= 10
    assert sum(urls) >= 25 + 3


def test_without_a_base_url_there_is_no_sitemap(site):
    site.put(patch())
    site.build()
    assert not (site.output / "sitemap.xml").exists()
    assert "Sitemap" not in site.page("robots.txt")
