"""An expression → something that can be evaluated: its tree is translated node by node, each node with the kind of its value.

What is not in the grammar, names no column, or compares a date with a text is refused here, before any row is looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from toolkit.expressions.errors import ExpressionError
from toolkit.expressions.functions import COLUMN, CONDITION, DATE, FUNCTIONS, ID, NUMBER, TEXT, Function
from toolkit.expressions.scan import Piece, python_source, scan
from toolkit.expressions.values import Rows, Span, Truth, Value, Words, numbers
from toolkit.fields import field_type
from toolkit.fields.base import FieldSpec
from toolkit.fields.code import look_up
from toolkit.fields.date import read_text
from toolkit.messages import part
from toolkit.suggest import nearest

_DEEPEST = 60
_CALCULATIONS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_KINDS = {"date": DATE, "number": NUMBER, "integer": NUMBER, "text": TEXT}
_LATEST = date(2100, 1, 1)
Run = Callable[[Rows], Value]


class Node(NamedTuple):
    """A part of an expression: the kind of its value, and how to get it. ``text``: what it says, if it is a constant text."""

    kind: str
    run: Run
    piece: Piece | None = None
    spec: FieldSpec | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition over the rows of a ledger. ``columns``: the fields it names, in their order."""

    text: str
    columns: tuple[str, ...]
    run: Run = field(repr=False, compare=False)

    def evaluate(self, rows: Rows) -> Truth:
        """Return where the condition is certainly true, and where certainly false."""
        truth = self.run(rows)
        assert isinstance(truth, Truth)
        return truth


def compile_expression(text: str, fields: Mapping[str, FieldSpec]) -> Expression:
    """Return the expression that ``text`` writes over the columns ``fields``.

    Raises:
        ExpressionError: it cannot be understood, names what is not there, or does not fit together.
    """
    pieces = scan(text, fields.keys(), FUNCTIONS.keys())
    source, starts = python_source(pieces)
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        offset = (getattr(error, "offset", None) or len(source)) - 1
        piece = pieces[max((number for number, start in enumerate(starts) if start <= offset), default=0)]
        raise ExpressionError("unclear", piece=piece.text, at=piece.at) from None
    compiler = _Compiler(pieces, fields)
    run = compiler.condition(compiler.node(tree.body))
    columns = dict.fromkeys(piece.text for piece in pieces if piece.kind == "name" and piece.text in fields)
    if not columns:
        raise ExpressionError("no_columns")
    return Expression(text, tuple(columns), run)


@dataclass(slots=True)
class _Compiler:
    pieces: Sequence[Piece]
    fields: Mapping[str, FieldSpec]
    depth: int = 0

    def node(self, tree: ast.expr) -> Node:
        """Translate one node."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ExpressionError("too_complex")
        made = self._translated(tree)
        self.depth -= 1
        return made

    def _translated(self, tree: ast.expr) -> Node:
        match tree:
            case ast.Name():
                return self._named(self.pieces[int(tree.id[1:])])
            case ast.Constant(value=int() | float() as number):
                return Node(NUMBER, _constant(float(number)))
            case ast.UnaryOp(op=ast.Not()):
                inner = self.condition(self.node(tree.operand))
                return Node(CONDITION, lambda rows: _truth(inner(rows)).negated())
            case ast.UnaryOp(op=ast.USub()):
                return self._calculated("-", Node(NUMBER, _constant(0.0)), self.node(tree.operand))
            case ast.BinOp() if type(tree.op) in _CALCULATIONS:
                return self._calculated(_CALCULATIONS[type(tree.op)], self.node(tree.left), self.node(tree.right))
            case ast.BoolOp():
                return self._joined(
                    isinstance(tree.op, ast.And), [self.condition(self.node(one)) for one in tree.values]
                )
            case ast.Compare():
                return self._compared(tree)
            case ast.Call(func=ast.Name(), keywords=[]):
                return self._called(tree)
        raise ExpressionError("not_allowed")

    def _named(self, piece: Piece) -> Node:
        if piece.kind == "text":
            words = piece.text
            return Node(TEXT, lambda rows: Words(np.full(len(rows), words, dtype=object)), piece, text=words)
        spec = self.fields.get(piece.text)
        if spec is not None:
            return Node(_kind(spec), _column(spec), piece, spec)
        function = FUNCTIONS.get(piece.text)
        if function is not None and not function.takes:
            return Node(function.gives, _call(function, []), piece)
        if function is not None:
            raise ExpressionError("call_it", function=piece.text)
        raise ExpressionError(
            "no_column", near=nearest(piece.text, [*self.fields, *FUNCTIONS]), column=piece.text, at=piece.at
        )

    def condition(self, node: Node) -> Run:
        """Return a node as a condition: a yes-or-no column means that it says 是."""
        if node.kind == CONDITION:
            return node.run
        if node.spec is not None and node.spec.type == "yes_no":
            run = node.run
            return lambda rows: _words(run(rows)).compare("==", Words(np.full(len(rows), "是", dtype=object)))
        raise ExpressionError("no_condition", what=_said(node))

    def _joined(self, is_and: bool, parts: Sequence[Run]) -> Node:  # noqa: FBT001 - one of two words
        def run(rows: Rows) -> Value:
            truth = _truth(parts[0](rows))
            for further in parts[1:]:
                other = _truth(further(rows))
                truth = truth.both(other) if is_and else truth.either(other)
            return truth

        return Node(CONDITION, run)

    def _calculated(self, sign: str, left: Node, right: Node) -> Node:
        kinds = (left.kind, right.kind)
        gives = {(NUMBER, NUMBER): NUMBER, (DATE, NUMBER): DATE, (NUMBER, DATE): DATE, (DATE, DATE): NUMBER}.get(kinds)
        allowed = {(NUMBER, NUMBER): "+-*/", (DATE, NUMBER): "+-", (NUMBER, DATE): "+", (DATE, DATE): "-"}.get(
            kinds, ""
        )
        if gives is None or sign not in allowed:
            raise ExpressionError("cannot_calculate", left=_said(left), right=_said(right), sign=sign)
        one, other = left.run, right.run
        return Node(gives, lambda rows: _span(one(rows)).calculate(sign, _span(other(rows))))

    def _compared(self, tree: ast.Compare) -> Node:
        """Translate a chain of comparisons: a < b <= c is both of them."""
        left = tree.left
        parts: list[Run] = []
        for op, right in zip(tree.ops, tree.comparators, strict=True):
            parts.append(
                self._among(left, op, right) if isinstance(op, (ast.In, ast.NotIn)) else self._pair(left, op, right)
            )
            left = right
        return self._joined(True, parts)  # noqa: FBT003 - all of them

    def _among(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Run:
        """Translate ``in``: one of several constants."""
        choices = right.elts if isinstance(right, ast.Tuple) else [right]
        if not choices or any(not isinstance(one, (ast.Name, ast.Constant, ast.UnaryOp)) for one in choices):
            raise ExpressionError("no_list")
        one_of = self._joined(False, [self._pair(left, ast.Eq(), choice) for choice in choices]).run  # noqa: FBT003 - any of them
        return one_of if isinstance(op, ast.In) else (lambda rows: _truth(one_of(rows)).negated())

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Run:
        sign = _COMPARISONS.get(type(op))
        if sign is None:
            raise ExpressionError("not_allowed")
        one, other = self.node(left), self.node(right)
        one, other = _fitted(one, other), _fitted(other, one)
        kinds = {ID: TEXT}.get(one.kind, one.kind), {ID: TEXT}.get(other.kind, other.kind)
        if kinds[0] != kinds[1] or (sign not in ("==", "!=") and kinds[0] not in (NUMBER, DATE)):
            name = "cannot_compare" if kinds[0] != kinds[1] else "no_order"
            raise ExpressionError(name, left=_said(one), right=_said(other))
        first, second = one.run, other.run
        if kinds[0] in (NUMBER, DATE):
            return lambda rows: _span(first(rows)).compare(sign, _span(second(rows)))
        if kinds[0] == TEXT:
            return lambda rows: _words(first(rows)).compare(sign, _words(second(rows)))
        if sign == "==":
            return lambda rows: _truth(first(rows)).same(_truth(second(rows)))
        return lambda rows: _truth(first(rows)).same(_truth(second(rows))).negated()

    def _called(self, tree: ast.Call) -> Node:
        assert isinstance(tree.func, ast.Name)
        piece = self.pieces[int(tree.func.id[1:])]
        function = FUNCTIONS.get(piece.text)
        if function is None:
            raise ExpressionError("no_function", near=nearest(piece.text, FUNCTIONS), function=piece.text, at=piece.at)
        least, most = len(function.takes) - function.optional, len(function.takes)
        if not least <= len(tree.args) <= most:
            count = f"{least}–{most}" if least < most else str(most)
            raise ExpressionError("arguments", function=piece.text, count=count, given=len(tree.args))
        args = [self._argument(function, number, arg) for number, arg in enumerate(tree.args)]
        return Node(function.gives, _call(function, args), piece)

    def _argument(self, function: Function, number: int, tree: ast.expr) -> Callable[[Rows], Any]:
        node, allowed = self.node(tree), function.takes[number]
        if COLUMN in allowed:
            if node.spec is None:
                raise ExpressionError("wants_column", function=function.name)
            name = node.spec.name
            return lambda _: name
        if DATE in allowed and node.text is not None:
            node = _as_date(node)
        if node.kind not in allowed:
            kinds = [part(f"expression.kind.{kind}") for kind in allowed]
            raise ExpressionError("wrong_argument", function=function.name, allowed=kinds, given=_said(node))
        return node.run


def _call(function: Function, args: Sequence[Callable[[Rows], Any]]) -> Run:
    def run(rows: Rows) -> Value:
        values = [arg(rows) for arg in args]
        return function.run(rows, *values) if function.of_rows else function.run(*values)

    return run


def _kind(spec: FieldSpec) -> str:
    return ID if spec.type == "id_card" else _KINDS[field_type(spec.type).storage]


def _column(spec: FieldSpec) -> Run:
    """Return how a column's values are got; a date in the future is doubtful and decides nothing."""
    name, kind = spec.name, _kind(spec)
    if kind == DATE:
        return lambda rows: Span(*rows.dates(name))
    if kind == NUMBER:
        return lambda rows: numbers(rows.values(name))
    return lambda rows: Words(rows.values(name))


def _constant(number: float) -> Run:
    def run(rows: Rows) -> Value:
        same = np.full(len(rows), number)
        return Span(same, same)

    return run


def _fitted(node: Node, other: Node) -> Node:
    """Return a constant text as what it is compared with: a date, or a choice of the other's list."""
    if node.text is None:
        return node
    if other.kind == DATE:
        return _as_date(node)
    spec = other.spec
    if spec is None or (spec.codes is None and spec.type != "yes_no"):
        return node
    choices = spec.codes.values if spec.codes else ("是", "否")
    known = look_up(node.text, spec.codes) if spec.codes else node.text if node.text in choices else None
    if known is None and not (spec.open or spec.multiple):
        raise ExpressionError("no_choice", near=nearest(node.text, choices), choice=node.text, column=spec.name)
    chosen = known or node.text
    return node._replace(run=lambda rows: Words(np.full(len(rows), chosen, dtype=object)), text=chosen)


def _as_date(node: Node) -> Node:
    made, code = read_text(node.text or "", _LATEST)
    if made is None or code is not None:
        raise ExpressionError("no_date", text=node.text)
    low, high = float(made.first.toordinal()), float(made.last.toordinal())
    return Node(DATE, lambda rows: Span(np.full(len(rows), low), np.full(len(rows), high)), node.piece)


def _said(node: Node) -> tuple[str, dict[str, Any]]:
    """Return what a node is, as the parameter of a sentence: what was written, and its kind."""
    kind = part(f"expression.kind.{node.kind}")
    return part("expression.said", text=node.piece.text, kind=kind) if node.piece else kind


def _span(value: Value) -> Span:
    assert isinstance(value, Span)
    return value


def _words(value: Value) -> Words:
    assert isinstance(value, Words)
    return value


def _truth(value: Value) -> Truth:
    assert isinstance(value, Truth)
    return value
