"""Resources as a file: what a tenant keeps, in YAML that people read, edit and put under version control."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs
from ruamel.yaml import YAML

from ..documents.marked import parse
from ..documents.marks import FileProblem, MarkedText
from ..errors import SwitchhookError
from ..schema import Kinds, Problem, plain_settings
from .record import Record
from .resource import Resource, secrets_of
from .wanted import Wanted

_HEAD: Final = "# Resources of {tenant}. Secrets are not in this file; a record that has one keeps it.\n"


class FileRefused(SwitchhookError):
    """A file that cannot be taken over; ``problems`` names everything that is wrong with it, in file order."""

    code = "resource_file"

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.column, p.path)))
        super().__init__("\n".join(map(str, self.problems)), problems=self.problems)


@attrs.frozen
class ResourceFile:
    """What a file wants to be kept, and where in the file each part stands."""

    name: str
    wanted: Sequence[Wanted]
    marked: MarkedText

    def refused(self, problems: Iterable[Problem]) -> FileRefused:
        """Problems by path, as problems of this file."""
        return FileRefused(_problem(self.name, self.marked, one.path, one.message) for one in problems)


def write_file(tenant: str, records: Iterable[Record]) -> str:
    """The records as YAML, by kind and id; fields at their default and secrets are left out."""
    kinds: dict[str, dict[str, object]] = {}
    for record in sorted(records, key=lambda one: (one.kind, one.id)):
        hidden = secrets_of(type(record.value))
        fields = {name: held for name, held in plain_settings(record.value).items() if name not in hidden}
        kinds.setdefault(record.kind, {})[record.id] = fields
    out = io.StringIO()
    yaml = YAML(typ="rt")
    yaml.allow_unicode = True
    yaml.width = 120
    yaml.dump(kinds, out)
    return _HEAD.format(tenant=tenant) + (out.getvalue() if kinds else "{}\n")


def read_file(text: str, kinds: Kinds[Resource], name: str = "resources.yaml") -> ResourceFile:
    """What is written in ``text``; raises :class:`FileRefused`. Whether fields fit is seen when they are applied."""
    marked = parse(text)
    problems = [FileProblem(name, p.mark.line, p.mark.column, p.path, p.message) for p in marked.problems]
    top = marked.value if marked.value is not None else {}
    wanted: list[Wanted] = []
    if not isinstance(top, Mapping):
        problems.append(_problem(name, marked, "", "holds no kinds of resources, such as 'contact:'"))
        top = {}
    for kind, records in top.items():
        if kind not in kinds:
            problems.append(_problem(name, marked, kind, f"is no kind of resource{kinds.hint(kind)}"))
        elif not isinstance(records, Mapping):
            problems.append(_problem(name, marked, kind, "holds no records; each has an id and its fields below"))
        else:
            for id, fields in records.items():  # noqa: A001 - the domain's own word
                if isinstance(fields, Mapping):
                    wanted.append(Wanted(kind, id, dict(fields)))
                else:
                    problems.append(_problem(name, marked, f"{kind}.{id}", "has no fields below it"))
    if problems:
        raise FileRefused(problems)
    return ResourceFile(name, wanted, marked)


def _problem(file: str, marked: MarkedText, path: str, message: str) -> FileProblem:
    mark = marked.locate(path)
    return FileProblem(file, mark.line, mark.column, path, message)
