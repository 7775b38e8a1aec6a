"""All English sentences people can read: what errors, problems, refusals, reasons and notes say in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import attrs

SENTENCE_OF: Final = {
    "Exit": 1, "Problem": 1, "Refusal": 0, "_Trouble": 0, "Break": 1, "note": 0, "wrong": 1, "problem": 2,
    "_TooMuch": 2, "BadText": 0, "LoadedPlugin": 2,
}  # fmt: skip
"""Which argument of a call is a sentence, beside the first one of each error."""
KEYWORDS: Final = {"why", "error", "failed", "reason"}
TAKING_KEYWORDS: Final = {"record", "evolve", "Refusal", "Exit", "settled", "LoadedPlugin"}
_PLACE: Final = re.compile(r"\{[^{}]*\}")
Bound = Mapping[str, list[ast.expr]]


@attrs.frozen
class Found:
    """A sentence as a template whose places have no names, and where it is made."""

    file: str
    line: int
    template: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.template}"


def plain(template: str) -> str:
    """A template without the names of its places, those beside each other being one."""
    return re.sub(r"(\{\})+", "{}", _PLACE.sub("{}", template))


def harvest(files: Iterable[Path], root: Path) -> list[Found]:
    """All of them that have letters of their own."""
    trees = {file: ast.parse(file.read_text()) for file in files}
    errors = _errors(trees.values())
    return [
        Found(str(file.relative_to(root)), line, template)
        for file, tree in trees.items()
        for template, line in dict.fromkeys(_File(tree, errors).sentences())
        if re.search("[a-z]{2}", _PLACE.sub("", template))
    ]


def _errors(trees: Iterable[ast.Module]) -> set[str]:
    """The names of all classes derived from ``SwitchhookError``."""
    bases = {
        node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {"SwitchhookError"}
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return found


class _File:
    def __init__(self, tree: ast.Module, errors: set[str]) -> None:
        self.tree, self.errors = tree, errors
        self.functions = {one.name: one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
        self.constants: Bound = _bound(ast.Module([one for one in tree.body if _is_assignment(one)], []))

    def sentences(self) -> Iterator[tuple[str, int]]:
        return self._within(self.tree, None, "")

    def _within(self, node: ast.AST, function: ast.AST | None, cls: str) -> Iterator[tuple[str, int]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from self._within(child, child, cls)
                continue
            if isinstance(child, ast.Call):
                for argument in self._said_by(child, cls):
                    yield from self._templates(argument, _bound(function) if function else {})
            yield from self._within(child, function, child.name if isinstance(child, ast.ClassDef) else cls)

    def _said_by(self, call: ast.Call, cls: str) -> Iterator[ast.expr]:
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        place = SENTENCE_OF.get(name, 0)
        is_error = name in self.errors or (name == "__init__" and cls in self.errors)
        if (is_error or name in SENTENCE_OF) and len(call.args) > place:
            yield call.args[place]
        if name in TAKING_KEYWORDS:
            yield from (word.value for word in call.keywords if word.arg in KEYWORDS)

    def _templates(  # noqa: C901 - each case is a line
        self, node: ast.expr, known: Bound, depth: int = 0
    ) -> Iterator[tuple[str, int]]:
        if depth > 6:
            return
        parts: Iterable[ast.expr] = ()
        match node:
            case ast.Constant(value=str() as text) if " " in text or depth == 0:
                yield text, node.lineno
            case ast.JoinedStr(values=values):
                yield _template(values), node.lineno
                parts = [one.value for one in values if isinstance(one, ast.FormattedValue)]
            case ast.IfExp(body=body, orelse=orelse):
                yield from (*self._templates(body, known, depth), *self._templates(orelse, known, depth))
            case ast.BoolOp(values=parts) | ast.Dict(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
                pass
            case ast.Name(id=name) if name in known:
                known, parts = {word: of for word, of in known.items() if word != name}, known[name]
            case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)) if name in self.constants:
                known, parts = {}, self.constants[name]
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in self.functions:
                known, parts = _bound(self.functions[name]), _returned(self.functions[name])
            case ast.Call(func=ast.Attribute(attr="join"), args=parts):
                pass
            case ast.GeneratorExp(elt=one) | ast.ListComp(elt=one):
                parts = [one]
        for part in parts:
            yield from self._templates(part, known, depth + 1)


def _template(values: Iterable[ast.expr]) -> str:
    """An f-string's: ``{{`` is a brace there, and no place."""
    said = "".join(str(one.value) if isinstance(one, ast.Constant) else "\0" for one in values)
    return re.sub("\0+", "{}", said.replace("{", "").replace("}", ""))


def _returned(function: ast.FunctionDef) -> list[ast.expr]:
    found = [one.value for one in ast.walk(function) if isinstance(one, ast.Return | ast.Yield)]
    return [one for one in found if one is not None]


def _is_assignment(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)


@cache
def _bound(node: ast.AST) -> dict[str, list[ast.expr]]:
    """What names stand for, as far as it is written in one place."""
    found: dict[str, list[ast.expr]] = {}
    for one in ast.walk(node):
        if isinstance(one, ast.Assign):
            for target in one.targets:
                _bind(target, one.value, found)
        if isinstance(one, ast.AnnAssign | ast.AugAssign) and one.value is not None:
            _bind(one.target, one.value, found)
    return found


def _bind(target: ast.expr, value: ast.expr, into: dict[str, list[ast.expr]]) -> None:
    match target, value:
        case ast.Name(id=name), _:
            into.setdefault(name, []).append(value)
        case ast.Tuple(elts=targets), ast.Tuple(elts=values):
            for one, other in zip(targets, values, strict=False):
                _bind(one, other, into)
        case ast.Tuple(), ast.IfExp(body=body, orelse=orelse):
            _bind(target, body, into)
            _bind(target, orelse, into)
