"""A theme's modules as scripts: what a page loads is one file, and what it loads later shares its modules."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from generator.errors import ConfigError
from generator.site.scripts import bundled
from generator.site.theme import Theme
from tests.conftest import ROOT, tool


@pytest.fixture
def modules(tmp_path: Path):
    """A function that writes modules (path → source) and gives the scripts made of them."""

    def make(sources: dict[str, str]) -> dict[str, bytes]:
        files = {}
        for path, source in sources.items():
            files[path] = tmp_path / "theme" / path
            files[path].parent.mkdir(parents=True, exist_ok=True)
            files[path].write_text(source)
        return bundled(files)

    return make


def run(folder: Path, scripts: dict[str, bytes], start: str) -> list[object]:
    """What a script logs in Node.js."""
    for path, content in scripts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    (folder / "package.json").write_text('{"type": "module"}')
    made = subprocess.run(
        [tool("node"), str(folder / start)], capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in made.stdout.splitlines()]


LOG = "console.log(JSON.stringify({}));"


@pytest.mark.slow
def test_a_script_does_what_its_modules_do(modules, tmp_path: Path):
    scripts = modules({
        "main.js": 'import { twice, Big as Large } from "./deep/twice.js";\nimport * as names from "./names.js";\n'
                   'import "./effect.js";\n' + LOG.format("[twice(2), new Large().size, names.first, names.other]"),
        "deep/twice.js": 'import {\n  base, // the lot\n} from "../base.js";\nexport async function later() {}\n'
                         "export function twice(n) { return base * n; }\nexport class Big { size = 9; }\n",
        "base.js": "export const base = 2;\nconst twice = 'a name of its own';\n" + LOG.format("'base runs once'"),
        "names.js": "const first = 'a';\nconst second = 'b';\nexport { first, second as other };\n",
        "effect.js": 'import { base } from "./base.js";\n' + LOG.format("['effect', base]"),
    })  # fmt: skip
    assert list(scripts) == ["main.js"]
    logged = run(tmp_path / "site", scripts, "main.js")
    assert logged == ["base runs once", ["effect", 2], [4, 9, "a", "b"]]


@pytest.mark.slow
def test_a_part_takes_modules_from_the_script_that_imports_it(modules, tmp_path: Path):
    scripts = modules({
        "js/main.js": 'import { log } from "./deep/lazy.js";\nimport { count } from "./count.js";\ncount.n = 5;\nawait log();\n',
        "js/deep/lazy.js": 'export const log = async () => (await import("./part.js")).log();\n',
        "js/deep/part.js": 'import { count } from "../count.js";\nimport { own } from "./own.js";\n'
                           "export const log = () => " + LOG.format("[count.n, own]"),
        "js/deep/own.js": "export const own = 'of the part';\n",
        "js/count.js": "export const count = { n: 0 };\n",
    })  # fmt: skip
    assert list(scripts) == ["js/deep/part.js", "js/main.js"]
    assert run(tmp_path / "site", scripts, "js/main.js") == [[5, "of the part"]]


@pytest.mark.slow
def test_a_part_of_several_scripts_has_all_its_modules_itself(modules, tmp_path: Path):
    start = 'import {{ word }} from "./word.js";\nconst {{ say }} = await import("./part.js");\nsay(word + "{}");\n'
    scripts = modules({
        "one.js": start.format("1"), "two.js": start.format("2"), "word.js": "export const word = 'w';\n",
        "part.js": 'import { word } from "./word.js";\nexport const say = (said) => ' + LOG.format("[said, word]"),
    })  # fmt: skip
    assert list(scripts) == ["one.js", "part.js", "two.js"]
    assert run(tmp_path / "site", scripts, "one.js") == [["w1", "w"]]
    assert run(tmp_path / "site", scripts, "two.js") == [["w2", "w"]]


@pytest.mark.slow
def test_a_module_knows_its_own_address(modules, tmp_path: Path):
    scripts = modules({
        "main.js": 'import { here } from "./deep/here.js";\n' + LOG.format("here.slice(-12)"),
        "deep/here.js": "export const here = import.meta.url;\n",
    })  # fmt: skip
    assert run(tmp_path / "site", scripts, "main.js") == ["deep/here.js"]


@pytest.mark.slow
def test_a_file_that_is_published_as_it_is_can_be_imported(modules, tmp_path: Path):
    scripts = modules({
        "main.js": 'import { used } from "./used.js";\n' + LOG.format("used"),
        "used.js": 'import { it } from "./lib/it.min.js";\nexport const used = it + 1;\n',
        "lib/it.min.js": "export const it = 1;",
    })  # fmt: skip
    assert list(scripts) == ["main.js"]
    assert run(tmp_path / "site", scripts | {"lib/it.min.js": b"export const it = 1;"}, "main.js") == [2]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("\nimport { a } from './none.js';", "main.js:2: imports ./none.js, which does not exist"),
        ("// a\nconst b = () => import('./none.js');", "main.js:2: imports ./none.js, which does not exist"),
        ("import a from './a.js';", "main.js:1: can't be bundled: import a from './a.js';"),
        ("import { a } from 'somewhere';", "main.js:1: can't be bundled: import { a } from 'somewhere';"),
        ("import { a } from './a.js';\n\nimport { main } from './main.js';", "main.js:1: modules import each other: main.js → main.js"),
        ("import { c } from './circle.js';", "modules import each other: circle.js → round.js → other.js → circle.js"),
        ("import { a } from './a.js';\nconst b = import('./a.js');", "main.js:1: a.js is imported by a statement as well as when needed"),
        ("import { d } from './default.js';", "default.js:2: can't be bundled: export default 1;"),
        ("import { d } from './let.js';", "let.js:1: can't be bundled: export let d = 1;"),
        ("import { d } from './await.js';", "await.js:3: can't be bundled: const e = await 1;"),
    ],
)  # fmt: skip
def test_what_cant_be_bundled_is_told_with_file_and_line(modules, source: str, said: str):
    with pytest.raises(ConfigError) as error:
        modules({
            "main.js": source, "a.js": "export const a = 1;\n",
            "default.js": "export const d = 1;\nexport default 1;\n", "let.js": "export let d = 1;\n",
            "await.js": "export const d = {\n};\nconst e = await 1;\n",
            "circle.js": "import { r } from './round.js';\n", "round.js": "import { c } from './other.js';\n",
            "other.js": "import { c } from './circle.js';\n" if "circle" in source else "export const c = 1;\n",
        })  # fmt: skip
    assert said in str(error.value)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path):
    (tmp_path / "a.js").write_bytes(b"// \xff")
    with pytest.raises(ConfigError, match=r"a\.js: not UTF-8"):
        bundled({"a.js": tmp_path / "a.js"})


def test_a_module_of_a_theme_takes_the_place_of_the_one_it_inherits(tmp_path: Path):
    mine = tmp_path / "themes/mine"
    (mine / "static/js/search").mkdir(parents=True)
    (mine / "theme.toml").write_text('inherits = "default"\n')
    (mine / "static/js/search/messages.js").write_text("export const note = () => 'my own note';\n")
    (mine / "static/js/lib.min.js").write_text("// as  it  is\n")
    contents = Theme("mine", tmp_path).static_contents()
    assert b"my own note" in contents["js/search/main.js"]
    assert contents["js/lib.min.js"] == b"// as  it  is\n"
    assert "js/search/messages.js" not in contents


def test_the_search_page_loads_one_script_and_parts_for_what_few_need():
    contents = Theme("default", ROOT / "content").static_contents()
    page = (ROOT / "themes/default/templates/search.html").read_text("utf-8")
    assert page.count("static/js/") == 1
    assert {"js/search/facets.js", "js/search/suggest.js"} < contents.keys()
    assert b"stillworkModules" in contents["js/search/main.js"]
    for module in ("engine", "evaluator", "query_parser", "results"):
        assert f"js/search/{module}.js" not in contents
