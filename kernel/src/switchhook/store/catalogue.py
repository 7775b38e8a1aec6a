"""What a database holds, as far as a migration could change it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import attrs
from sqlalchemy import Connection, text

Catalogue = Mapping["Thing", str]
"""Each thing with a text that changes whenever it changes."""


@attrs.frozen
class Thing:
    """A table, index, column, view, trigger, constraint, sequence or function, and the table it belongs to."""

    kind: str
    name: str
    table: str

    def __str__(self) -> str:
        """How to name it to people."""
        return f"{self.kind} {self.name!r}" + (f" of {self.table!r}" if self.table not in ("", self.name) else "")


_SQLITE: Final = "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master WHERE name <> 'sqlite_sequence'"
_POSTGRESQL: Final = """
SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'i' THEN 'index' WHEN 'S' THEN 'sequence'
            WHEN 'v' THEN 'view' ELSE c.relkind::text END,
       c.relname, coalesce(t.relname, o.relname, c.relname), coalesce(pg_get_indexdef(i.indexrelid), '')
  FROM pg_class c
  LEFT JOIN pg_index i ON i.indexrelid = c.oid
  LEFT JOIN pg_class t ON t.oid = i.indrelid
  LEFT JOIN pg_depend d ON c.relkind = 'S' AND d.objid = c.oid AND d.deptype IN ('a', 'i')
       AND d.classid = 'pg_class'::regclass
  LEFT JOIN pg_class o ON o.oid = d.refobjid
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'i', 'S', 'v', 'm', 'p', 'f', 'c')
UNION ALL
SELECT 'column', a.attname, c.relname,
       format_type(a.atttypid, a.atttypmod) || a.attnotnull || coalesce(pg_get_expr(x.adbin, x.adrelid), '')
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef x ON x.adrelid = a.attrelid AND x.adnum = a.attnum
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
   AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'constraint', k.conname, c.relname, pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE k.connamespace = current_schema()::regnamespace
UNION ALL
SELECT 'trigger', g.tgname, c.relname, pg_get_triggerdef(g.oid)
  FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
 WHERE c.relnamespace = current_schema()::regnamespace AND NOT g.tgisinternal
UNION ALL
SELECT 'function', p.proname, '', p.prosrc FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
"""


def catalogue_of(conn: Connection) -> Catalogue:
    """Everything in the database's schema."""
    query = _SQLITE if conn.dialect.name == "sqlite" else _POSTGRESQL
    return {Thing(kind, name, table): definition for kind, name, table, definition in conn.execute(text(query))}


def trespasses(
    before: Catalogue, after: Catalogue, prefix: str, *, exempt: str, reserved: Collection[str], others: Collection[str]
) -> list[str]:
    """What changed between two catalogues without being named ``prefix...``, in words.

    The table ``exempt`` may change nevertheless, the tables ``reserved`` may not whatever they are named. What begins
    with one of the prefixes ``others`` that is longer belongs to somebody else: ``my_stats_...`` is not ``my``'s.
    """
    longer = tuple(one for one in others if one != prefix and one.startswith(prefix))
    changed = {thing for thing in before.keys() | after.keys() if before.get(thing) != after.get(thing)}
    return sorted(
        str(t) for t in changed if t.table != exempt and (t.table in reserved or not _owned(t, prefix, longer))
    )


def _owned(thing: Thing, prefix: str, longer: tuple[str, ...]) -> bool:
    if not (thing.table or thing.name).startswith(prefix) or (thing.table or thing.name).startswith(longer):
        return False
    # What comes with a table of its own (columns, constraints, automatic indexes) may be named freely;
    # indexes, views, triggers, sequences and functions share one name space with everybody's.
    return thing.kind in ("column", "constraint") or thing.name.startswith((prefix, "sqlite_autoindex_" + prefix))
