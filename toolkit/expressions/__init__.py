"""Expressions over the columns of a ledger: a small language of its own, for rules that an administrator writes in the dictionary.

An expression says what must hold (``退役时间 >= 入伍时间``). It can reach nothing but the row: names of columns, constants, comparisons,
``并且 或者 不`` (and or not), ``+ - * /``, ``属于`` (in) and the functions of ``functions.py``. Python's own parser builds the tree, from
a text in which every name has been replaced; the tree is then translated node by node, and whatever is not in the grammar is
refused. It is evaluated over whole columns with three-valued logic: what is blank or unreadable decides nothing.
"""

from __future__ import annotations

from toolkit.expressions.compile import Expression, compile_expression
from toolkit.expressions.errors import ExpressionError
from toolkit.expressions.values import Rows

__all__ = ["Expression", "ExpressionError", "Rows", "compile_expression"]
