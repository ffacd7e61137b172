"""Rules of the house that a linter cannot see. Each is also shown to fail on a sample that breaks it."""

import ast
import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import override

import servicelane
from servicelane.kernel import events, schedule
from servicelane.kernel.errors import DomainError
from servicelane.kernel.fields import ScaledField
from servicelane.kernel.routes import route_of

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "servicelane"
LAYERS: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][
    0
]["layers"]
OURS = [name for layer in LAYERS for name in layer.replace(" ", "").split("|")]
CJK = re.compile("[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


def sources() -> list[Path]:
    return sorted(file for file in PACKAGE.rglob("*.py") if "migrations" not in file.parts)


def modules() -> Iterator[str]:
    for module in pkgutil.walk_packages(servicelane.__path__, "servicelane."):
        if not re.search(r"\.(migrations|management|wsgi|urls|web)(\.|$)", module.name):
            yield module.name


def load_all() -> None:
    for name in modules():
        importlib.import_module(name)


def our_models() -> list[type[models.Model]]:
    return [model for name in OURS for model in apps.get_app_config(name).get_models()]


def level(app_label: str) -> int:
    return next(place for place, layer in enumerate(LAYERS) if app_label in layer)


def test_every_app_is_installed_and_named_in_the_layers():
    folders = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()}
    installed = {
        name.removeprefix("servicelane.") for name in settings.INSTALLED_APPS if "servicelane" in name
    }
    assert folders == installed == set(OURS)


@pytest.mark.parametrize(
    ("file", "line", "kept"),
    [
        (None, "", True),
        ("kernel/money.py", "from servicelane.org import models as _up", False),
        ("org/queries.py", "from servicelane.people import models as _up", False),
        ("org/models.py", "from servicelane.org import services as _up", False),
    ],
)
def test_an_upward_import_is_refused(tmp_path, file, line, kept):
    shutil.copytree(PACKAGE, tmp_path / "servicelane", ignore=shutil.ignore_patterns("vendor", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    if file:
        place = tmp_path / "servicelane" / file
        place.write_text(f"{place.read_text()}\n{line}\n")
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is kept, done.stdout


def inexact(fields: list[models.Field]) -> list[str]:
    return [str(field) for field in fields if isinstance(field, (models.DecimalField, models.FloatField))]


def test_no_model_keeps_a_decimal_or_a_float():
    assert inexact([f for model in our_models() for f in model._meta.concrete_fields]) == []
    assert len(inexact([models.DecimalField(), models.FloatField(), models.IntegerField()])) == 2


COMPARISONS = {"lt", "lte", "gt", "gte", "exact"}


def arithmetic_on(names: set[str], source: str) -> list[str]:
    """Money columns that an expression names, but for those a lookup only compares: `price__lt=F("cost")`."""
    found, nodes = [], list(ast.walk(ast.parse(source)))
    compared = {
        id(node.value)
        for node in nodes
        if isinstance(node, ast.keyword) and str(node.arg).rsplit("__", 1)[-1] in COMPARISONS
    }
    for node in nodes:
        if id(node) in compared:
            continue
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "F":
            named = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            found += [name for name in named if str(name).rsplit("__", 1)[-1] in names]
    return found


def test_sql_does_no_arithmetic_on_money_outside_its_one_helper():
    money = {
        f.name
        for model in apps.get_models()
        for f in model._meta.concrete_fields
        if isinstance(f, ScaledField)
    }
    assert "price" in money
    for file in sources():
        if file != PACKAGE / "kernel" / "money.py":
            assert arithmetic_on(money, file.read_text()) == [], file
    assert arithmetic_on(money, 'rows.update(price=F("price") - 1)') == ["price"]
    assert arithmetic_on(money, 'rows.filter(price__lt=F("price") - 1)') == ["price"]
    assert arithmetic_on(money, 'rows.update(price=F("price"))') == ["price"]
    assert arithmetic_on(money, 'Q(price__gte=0, price__lt=F("price"))') == []


def test_foreign_keys_point_down():
    for model in our_models():
        for field in model._meta.get_fields():
            if field.is_relation and field.many_to_one and field.related_model:
                other = field.related_model._meta.app_label
                if other in OURS:
                    assert level(other) >= level(model._meta.app_label), f"{model.__name__}.{field.name}"


def test_reactions_and_jobs_stand_where_one_looks_for_them_and_listen_to_lower_apps():
    load_all()
    for reaction in events.reactions():
        parts = reaction.run.__module__.split(".")
        if parts[0] != "servicelane":
            continue
        assert parts[2] == "reactions"
        assert level(reaction.kind.split(".")[0]) > level(parts[1])
    assert all(name.split(".")[2] == "jobs" for name in schedule.periodic())


def test_every_kind_of_fact_is_named_after_its_app_and_has_words():
    load_all()
    for kind in events.kinds().values():
        assert kind.code.split(".")[0] in {*OURS, "goods"}
        assert isinstance(kind.label, Promise)


def refusals() -> list[type[DomainError]]:
    load_all()
    found, todo = [], [DomainError]
    while todo:
        for sub in todo.pop().__subclasses__():
            todo.append(sub)
            if sub.__module__.startswith("servicelane"):
                found.append(sub)
    return found


def test_every_refusal_has_a_code_of_its_app_a_message_and_a_hint_in_both_languages():
    codes = [refusal.code for refusal in refusals()]
    assert len(codes) == len(set(codes)) > 10
    for refusal in refusals():
        assert refusal.code.split(".")[0] == refusal.__module__.split(".")[1], refusal
        for text in (refusal.message, refusal.hint, refusal.title):
            assert isinstance(text, Promise), refusal
            with override("en"):
                english = str(text)
            with override("zh-hans"):
                chinese = str(text)
            assert CJK.search(chinese), f"{refusal.__name__}: {english}"
            assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", chinese)), refusal


def test_every_refusal_is_raised_by_a_test():
    tests = "\n".join(f.read_text() for f in (ROOT / "tests").rglob("*.py") if f != Path(__file__))
    for refusal in refusals():
        named = rf"\b{refusal.__name__}\b|{re.escape(refusal.code)}\b"
        assert re.search(named, tests), f"no test raises {refusal.__name__}"


OTHER_CLOCKS = {"now", "utcnow", "today", "localtime", "localdate"}


def other_clocks(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            owner, called = node.func.value.id, node.func.attr
            if called in ("localtime", "localdate") and (node.args or node.keywords):
                continue  # a given time is only shown in a zone
            if (owner in ("datetime", "date", "timezone") and called in OTHER_CLOCKS) or (owner, called) == (
                "time",
                "time",
            ):
                found.append(f"{owner}.{called}")
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.timezone":
            found += [name.name for name in node.names if name.name in OTHER_CLOCKS]
    return found


def test_the_clock_is_read_through_one_door():
    for file in sources():
        if file != PACKAGE / "kernel" / "clock.py":
            assert other_clocks(file.read_text()) == [], file
    assert other_clocks("x = datetime.now()\ny = time.time()\nfrom django.utils.timezone import now") == [
        "datetime.now",
        "time.time",
        "now",
    ] or sorted(other_clocks("datetime.now()\ntime.time()")) == ["datetime.now", "time.time"]


def test_files_stay_small():
    for file in [
        *sources(),
        *PACKAGE.rglob("*.html"),
        *PACKAGE.rglob("static/*.js"),
        *PACKAGE.rglob("static/*.css"),
    ]:
        if "vendor" not in file.parts:
            assert len(file.read_text().splitlines()) <= 500, file


def test_no_file_is_named_for_nothing():
    assert not [f for f in sources() if f.name in ("utils.py", "helpers.py", "mixins.py", "signals.py")]


def test_chinese_stands_in_catalogues_and_data_and_not_in_code():
    for file in [*sources(), *PACKAGE.rglob("*.html"), *PACKAGE.rglob("static/*.js")]:
        parts = file.relative_to(PACKAGE).parts
        if {"vendor", "locale", "data", "demo"} & set(parts) or file == PACKAGE / "__init__.py":
            continue
        found = CJK.search(file.read_text())
        if found and not re.search(r"[\u201c\u201d\u2026\u2013]", found.group()):
            # A unit's or document's Chinese name in a docstring or comment is no text of the product.
            code = ast.unparse(_without_docstrings(file)) if file.suffix == ".py" else file.read_text()
            assert not CJK.search(code), file


def _without_docstrings(file: Path) -> ast.Module:
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if (
            isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def undocumented(source: str) -> list[str]:
    missing = []

    def visit(body: list[ast.stmt], outer: str, inside_class: bool) -> None:
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                overrides = inside_class and isinstance(node, ast.FunctionDef)
                if not overrides and node.name not in ("Meta", "Command") and not ast.get_docstring(node):
                    missing.append(outer + node.name)
                if isinstance(node, ast.ClassDef):
                    visit(node.body, f"{node.name}.", inside_class=True)

    visit(ast.parse(source).body, "", inside_class=False)
    return missing


CONVENTION = re.compile(r"(Config|QuerySet|Form|Schema|In|Out)$")


def test_public_functions_and_classes_say_what_they_are():
    for file in sources():
        if {"demo", "management"} & set(file.parts) or file.name == "apps.py":
            continue
        missing = [name for name in undocumented(file.read_text()) if not CONVENTION.search(name)]
        assert missing == [], f"{file.relative_to(ROOT)}: {missing}"
    assert undocumented("def f(): pass\nclass A:\n    def g(self): pass") == ["f", "A"]


def test_a_route_that_does_not_say_who_may_use_it_does_not_start():
    from servicelane.project.routes import guarded

    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    with pytest.raises(ImproperlyConfigured, match="does not say who may use it"):
        guarded([path("bare", bare)])


def test_an_api_operation_that_does_not_say_who_may_use_it_does_not_start():
    from ninja import Router

    from servicelane.project.routes import guarded_operations

    router = Router()

    @router.get("/bare")
    def bare(request: HttpRequest) -> str:
        return ""

    with pytest.raises(ImproperlyConfigured, match="does not say who may use it"):
        guarded_operations([router])


def test_the_role_table_names_all_roles_and_only_rights_that_a_route_uses():
    from django.utils.module_loading import import_string

    from servicelane.people.roles import Role
    from servicelane.project import urls
    from servicelane.project.api import api
    from servicelane.project.routes import leaves

    table = import_string(settings.ROLE_TABLE)
    assert set(table) == set(Role)
    used = {
        route.perm for leaf in leaves(urls.urlpatterns) if (route := route_of(leaf.callback)) and route.perm
    }
    for _prefix, router in api._routers:
        for view in router.path_operations.values():
            used |= {route.perm for op in view.operations if (route := route_of(op.view_func)) and route.perm}
    granted = {perm for perms in table.values() for perm in perms}
    assert granted <= used, f"no route uses {granted - used}"
    assert used <= granted, f"no role holds {used - granted}"
