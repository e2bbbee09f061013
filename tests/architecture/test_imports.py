"""Imports go one way (rule 9), and status has one writer (rule 2)."""

import ast
import subprocess
import sys
from pathlib import Path

from superapp.embedded.locations import PROJECT_ROOT

LIFECYCLE = Path("citizens/service_requests/lifecycle.py")


def test_the_import_contracts_hold() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([lint_imports, "--no-cache"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "3 kept, 0 broken" in run.stdout


def test_nothing_in_the_product_imports_the_sandbox() -> None:
    """It is reached over HTTP; only its own settings and the programs around it know it."""
    users = {
        path.relative_to(PROJECT_ROOT)
        for package in ("citizens", "services_catalog", "superapp/api", "superapp/operations")
        for path in (PROJECT_ROOT / package).rglob("*.py")
        if "superapp.sandbox" in imported_modules(path)
    }
    assert users == set()


def test_adapters_know_neither_the_orm_nor_the_models() -> None:
    for path in (PROJECT_ROOT / "services_catalog" / "adapters").rglob("*.py"):
        modules = imported_modules(path)
        forbidden = {"django.db", "django.apps", "services_catalog.models", "citizens"} & modules
        assert forbidden == set(), path


def test_the_lifecycle_is_the_only_writer_of_a_requests_status() -> None:
    """No other module of `citizens` assigns `.status` of anything, or updates the column."""
    writers = {
        path.relative_to(PROJECT_ROOT)
        for path in (PROJECT_ROOT / "citizens").rglob("*.py")
        if "migrations" not in path.parts and _writes_status(ast.parse(path.read_text()))
    }
    assert writers == {LIFECYCLE}


def imported_modules(path: Path) -> set[str]:
    """Every imported module with all its parents."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {".".join(name.split(".")[:depth]) for name in names for depth in range(1, name.count(".") + 2)}


def _writes_status(tree: ast.AST) -> bool:
    return any(_assigns_status(node) or _updates_status(node) for node in ast.walk(tree))


def _assigns_status(node: ast.AST) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets)


def _updates_status(node: ast.AST) -> bool:
    """`.update(status=…)`, or "status" among the fields of a bulk_update or save."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr == "update" and any(keyword.arg == "status" for keyword in node.keywords):
        return True
    return node.func.attr in ("bulk_update", "save") and any(
        isinstance(part, ast.Constant) and part.value == "status" for part in ast.walk(node)
    )
