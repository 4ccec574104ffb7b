"""Templates: Jinja's environment with our filters, rendering, and what each template depends on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from generator import urls
from generator.errors import ConfigError
from generator.mail.names import person_name
from generator.site import template_errors
from generator.site.html import change_rows, patch_rows
from generator.site.html.escape import header_rows, safe_url, visible
from generator.site.template_references import References
from generator.site.theme import Theme

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Renderer:
    """Renders templates of a theme. One for each process; keeps compiled templates."""

    def __init__(self, theme: Theme, site: dict[str, Any], cache: Path | None = None) -> None:
        """`site` is what every template sees as `site`; `cache`: a folder for compiled templates."""
        self._folders = theme.templates()
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(self._folders),
            autoescape=True,
            undefined=template_errors.Undefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # templates do not change during a build
            bytecode_cache=jinja2.FileSystemBytecodeCache(str(cache)) if cache else None,
        )
        self._references = References(self._environment, cache)
        self._read: dict[str, tuple[str, list[str]]] = {}
        self._environment.globals |= {"site": site, "urls": urls}
        self._environment.filters |= {
            "safe_url": safe_url,
            "time": time_element,
            "server_time": server_time,
            "visible": visible,
            "person": person_name,
            "day": urls.day,
            "calendar_day": lambda date: f"{date.year:04}-{date:%m-%d}",
            "plain": plain,
            "rfc3339": rfc3339,
            "change_rows": change_rows.change_rows,
            "header_rows": header_rows,
            "change_status": change_rows.status,
            "patch_rows": patch_rows.patch_rows,
            "tag_counts": patch_rows.tags,
            "check_counts": patch_rows.checks,
            "landed_mark": patch_rows.landed_mark,
            "counted": counted,
        }

    def render(self, template: str, url: str, **context: Any) -> bytes:
        """A page at `url` (relative to the root), as UTF-8.

        Raises ConfigError with the template's file and line where the template is at fault.
        """
        context = {"root": urls.root_of(url), "url": url, **context}
        try:
            page = self._environment.get_template(template).render(context)
        except template_errors.RENDER_ERRORS as error:
            if fault := template_errors.render_error(error, self._folders):
                raise fault from error
            raise
        return page.encode("utf-8", "replace")

    def digest(self, template: str) -> bytes:
        """A digest of a template and of all that it extends, includes and imports."""
        state = hashlib.blake2b(digest_size=8)
        for source in self._sources(template, set()):
            state.update(source.encode())
        return state.digest()

    def _sources(self, name: str, seen: set[str]) -> Iterator[str]:
        seen.add(name)
        if name not in self._read:
            self._read[name] = self._source(name)
        source, others = self._read[name]
        yield source
        for other in others:
            if other not in seen:
                yield from self._sources(other, seen)

    def _source(self, name: str) -> tuple[str, list[str]]:
        """A template's text, and the templates that it extends, includes or imports; raises ConfigError."""
        assert self._environment.loader
        try:
            source, file, _ = self._environment.loader.get_source(self._environment, name)
            return source, self._references.of(name, source, file)
        except jinja2.TemplateNotFound as error:
            raise template_errors.missing_template(name, self._folders) from error
        except jinja2.TemplateSyntaxError as error:
            raise template_errors.syntax_error(error) from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"template {name!r} is not UTF-8: {error}") from error
        except RecursionError as error:
            raise ConfigError(f"template {name!r} is nested too deeply") from error


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 patch`, `2 patches`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun}{'es' if noun.endswith('ch') else 's'}"


def plain(text: str) -> str:
    """A text without the characters that XML 1.0 forbids (§2.2)."""
    return _NOT_XML.sub("\ufffd", text)


def time_element(date: datetime | int | None, style: str = "minute") -> Markup:
    """A date as `<time>`, absolute and in UTC; style is `minute` or `day`."""
    if date is None:
        return Markup("")
    when = urls.moment(date) if isinstance(date, int) else date
    shown = f"{when:%Y-%m-%d}" if style == "day" else f"{when:%Y-%m-%d %H:%M} UTC"
    return Markup(f'<time datetime="{escape(rfc3339(when))}">{escape(shown)}</time>')


def server_time(date: datetime) -> str:
    """A date by a clock whose zone isn't known."""
    return f"{date:%Y-%m-%d %H:%M} (server's time)"


def rfc3339(date: datetime | int) -> str:
    """A date for `<time>` and Atom (RFC 3339), in whole seconds."""
    when = urls.moment(date) if isinstance(date, int) else date
    when = when.astimezone(UTC) if when.tzinfo else when
    return f"{when.year:04}-{when:%m-%dT%H:%M:%S}Z"
