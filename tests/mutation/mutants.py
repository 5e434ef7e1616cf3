"""Every small fault that can be put into a module: a limit by one, a comparison, a check or a table's entry left out."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from types import CodeType
from typing import Any

_LONGEST = 130
_TYPES = {"annotation", "returns", "decorator_list"}
_OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_TIDIES = {"casefold", "lower", "lstrip", "rstrip", "strip", "upper"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fault: in which function or table, which source text becomes which, and the module's code with it."""

    where: str
    before: str
    after: str
    code: CodeType

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it, wherever the module lies and whatever stands above."""
        return self.where, self.before, self.after


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands: in a member of another, perhaps in a list there."""

    parent: ast.AST
    name: str
    index: int | None = None

    @property
    def node(self) -> Any:
        held = getattr(self.parent, self.name)
        return held if self.index is None else held[self.index]

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.name, node)
        else:
            getattr(self.parent, self.name)[self.index] = node


def mutants(source: str, file: str) -> Iterator[Mutant]:
    """Each fault of a module, one at a time."""
    tree = ast.parse(source)
    seen = {(index, ast.unparse(statement)) for index, statement in enumerate(tree.body)}
    for path in list(_walk(tree, ())):
        place, shown = path[-1], _shown(path)
        original, before = place.node, _line(shown.node)
        for other in chain(_values(original), _checks(original), _statements(original), _members(original)):
            place.put(other)
            changed = path[0].node  # the others of the module are as they were, and to write them out takes most of the time
            fault = path[0].index, ast.unparse(changed)
            if fault not in seen:
                seen.add(fault)
                ast.fix_missing_locations(changed)
                code = compile(tree, file, "exec")
                yield Mutant(_where(path), *_short(before, _line(shown.node)), code)
        place.put(original)


def _walk(node: ast.AST, path: tuple[_Place, ...]) -> Iterator[tuple[_Place, ...]]:
    """The path to every node that does something: no docstring, import or type."""
    for name, held in ast.iter_fields(node):
        if name in _TYPES:
            continue
        for index, child in enumerate(held) if isinstance(held, list) else [(None, held)]:
            if isinstance(child, ast.AST) and not _does_nothing(child):
                here = (*path, _Place(node, name, index))
                yield here
                yield from _walk(child, here)


def _does_nothing(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom() | ast.Subscript(value=ast.Name(id="Literal")):
            return True
    return False


def _values(node: ast.AST) -> Iterator[ast.AST]:
    """Another value."""
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Constant(value=str(value)):
            yield ast.Constant(f"{value}~")
        case ast.Constant(value=bytes(value)):
            yield ast.Constant(value + b"~")
        case ast.Call(func=ast.Attribute(value=untidy, attr=name)) if name in _TIDIES:
            yield untidy


def _checks(node: ast.AST) -> Iterator[ast.AST]:
    """Another decision, or a part of one less."""
    if type(node) in _OTHER:
        yield _OTHER[type(node)]()
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BoolOp(op=op, values=values):
            for index in range(len(values)):
                rest = _without(values, index)
                yield ast.BoolOp(op, rest) if len(rest) > 1 else rest[0]
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.If():
            yield from (_with(node, test=ast.Constant(value)) for value in (True, False))


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """A statement that does nothing."""
    match node:
        case ast.Return(value=ast.expr()):
            yield ast.Return(ast.Constant(None))
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Break() | ast.Continue():
            yield ast.Pass()


def _members(node: ast.AST) -> Iterator[ast.AST]:
    """An entry less."""
    match node:
        case ast.Set(elts=held) | ast.Tuple(elts=held, ctx=ast.Load()) if len(held) > 1:
            yield from (_with(node, elts=_without(held, index)) for index in range(len(held)))
        case ast.Dict(keys=keys, values=values):
            yield from (ast.Dict(_without(keys, index), _without(values, index)) for index in range(len(keys)))
        case ast.Call(keywords=held):
            yield from (_with(node, keywords=_without(held, index)) for index in range(len(held)))


def _with(node: ast.AST, **members: Any) -> ast.AST:
    return type(node)(**{**dict(ast.iter_fields(node)), **members})


def _without(held: list[Any], index: int) -> list[Any]:
    return held[:index] + held[index + 1 :]


def _where(path: tuple[_Place, ...]) -> str:
    """The function, or what is assigned at the top of a module or class."""
    names = []
    for place in path:
        match place.node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.append(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if not any(isinstance(each.node, ast.FunctionDef) for each in path):
                    names.append(name)
    return ".".join(names)


def _shown(path: tuple[_Place, ...]) -> _Place:
    """The statement around a node; of one with a body only the part before it."""
    for place in reversed(path):
        if isinstance(place.node, ast.stmt):
            return place
    return path[0]


def _line(node: ast.AST) -> str:
    """A node as source text; of a statement with a body its first line."""
    return ast.unparse(node).partition("\n")[0]


def _short(before: str, after: str) -> tuple[str, str]:
    """Two texts as they are or, where they are long, what differs between them with some of what stands around it."""
    if max(len(before), len(after)) <= _LONGEST:
        return before, after
    start = _same(before, after)
    end = _same(before[: start - 1 : -1], after[: start - 1 : -1])
    start, end = max(0, start - _LONGEST // 4), max(0, end - _LONGEST // 4)
    return f"...{before[start : len(before) - end]}...", f"...{after[start : len(after) - end]}..."


def _same(one: str, other: str) -> int:
    """How many characters two texts share at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (mine, theirs) in pairs if mine != theirs), min(len(one), len(other)))
