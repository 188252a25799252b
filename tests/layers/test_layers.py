"""The rules that keep the house straight: which way imports point, how large things may be, what they are called."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("citations", "probes", "verifier")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
IDS = [str(path.relative_to(ROOT)) for path in MODULES]

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 80
VAGUE_NAMES = {"base", "common", "helpers", "manager", "misc", "util", "utils"}

FORBIDDEN = {
    "citations": {"verifier", "probes"},
    "probes": {"verifier", "citations"},
    "verifier": set[str](),
}
"""Packages that a package never imports."""

PURE = {
    "citations.types",
    "citations.identifiers",
    "citations.markup",
    "citations.names",
    "citations.titles",
    "citations.venues",
    "citations.parse",
    "citations.match",
    "citations.verdict",
    "citations.correct",
}
"""Modules that judge and therefore touch no network, database, model or clock."""

IO_LIBRARIES = {"requests", "urllib3", "socket", "sqlite3", "sqlalchemy", "tantivy", "llama_cpp", "subprocess", "time"}

HEAVY = {
    "requests",
    "pydantic",
    "sqlalchemy",
    "alembic",
    "numpy",
    "tantivy",
    "pypdfium2",
    "llama_cpp",
    "sklearn",
    "jinja2",
}
"""Libraries that neither ``import verifier`` nor ``--help`` may load."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> set[str]:
    found = set[str]()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_imports_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    tops = {name.split(".")[0] for name in imports(path)}
    assert set() == tops & FORBIDDEN[package]


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_nothing_is_imported_relatively(path: Path) -> None:
    assert [n.lineno for n in ast.walk(tree(path)) if isinstance(n, ast.ImportFrom) and n.level] == []


def is_pure(path: Path) -> bool:
    name = module_name(path)
    return any(name == pure or name.startswith(f"{pure}.") for pure in PURE)


@pytest.mark.parametrize(
    "path", [p for p in MODULES if is_pure(p)], ids=[i for p, i in zip(MODULES, IDS, strict=True) if is_pure(p)]
)
def test_judgement_does_no_input_or_output(path: Path) -> None:
    tops = {name.split(".")[0] for name in imports(path)}
    inner = {name for name in imports(path) if name.startswith(("citations.registries", "citations.index"))}
    assert (set(), set()) == (tops & IO_LIBRARIES, inner)


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_modules_and_functions_stay_readable(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    functions = [n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [
        f"{f.name} ({f.end_lineno - f.lineno + 1})"
        for f in functions
        if (f.end_lineno or 0) - f.lineno >= MAX_FUNCTION_LINES
    ]
    assert long == []
    assert lines <= MAX_MODULE_LINES


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_no_module_has_a_vague_name(path: Path) -> None:
    assert path.stem not in VAGUE_NAMES


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_classes_inherit_only_from_protocols_errors_enums_and_tuples(path: Path) -> None:
    allowed = (
        "Protocol",
        "Error",
        "Exception",
        "Enum",
        "NamedTuple",
        "TypedDict",
        "BaseModel",
        "BaseHTTPRequestHandler",
    )
    allowed += (
        "ThreadingHTTPServer",
        "DeclarativeBase",
        "Base",
        "Group",
        "Command",
        "ParamType",
        "HTMLParser",
        "HTTPAdapter",
        "ShellComplete",
        "Unreadable",
        "Structure",
    )
    allowed += ("Missing", "Upgrade", "Damaged", "Unknown", "Input", "Refused", "Renderer", "Thread")
    classes = [n for n in ast.walk(tree(path)) if isinstance(n, ast.ClassDef)]
    strange = [
        f"{c.name}({ast.unparse(b)})"
        for c in classes
        for b in c.bases
        if not ast.unparse(b).split("[")[0].split(".")[-1].endswith(allowed)
    ]
    assert strange == []


def loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(' '.join(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "statement",
    [
        "import citations",
        "import probes",
        "import verifier",
        "from verifier.cli import main\nmain(['--help'], standalone_mode=False)",
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(statement: str) -> None:
    assert set() == loaded_after(statement) & HEAVY


def test_the_packages_do_not_import_in_circles() -> None:
    known = {module_name(path) for path in MODULES}
    graph = {module_name(path): {name for name in top_level_imports(path) if name in known} for path in MODULES}
    assert cycle(graph) == []


def top_level_imports(path: Path) -> set[str]:
    """Modules imported when the module itself is; imports inside functions come later and may close a circle."""
    found = set[str]()
    for node in tree(path).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def cycle(graph: dict[str, set[str]]) -> list[str]:
    done = set[str]()

    def visit(name: str, trail: list[str]) -> list[str]:
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name in done:
            return []
        for other in sorted(graph[name] - {name}):
            if found := visit(other, [*trail, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := visit(name, []))), [])
