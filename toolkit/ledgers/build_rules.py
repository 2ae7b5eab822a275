"""Entries of the rules → rules, every setting checked against what ``rules/settings.toml`` declares."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from toolkit.characters import fold
from toolkit.fields.base import FieldSpec
from toolkit.fields.code import look_up
from toolkit.ledgers.definitions import OWNER, Entry, Mistake
from toolkit.ledgers.labels import labels
from toolkit.ledgers.ledger import RuleSpec
from toolkit.messages import has, part, text
from toolkit.rules import Setting, rule_names, rule_settings
from toolkit.suggest import known, nearest

Fields = Mapping[str, FieldSpec]


class RuleBuilder:
    """Checks the rules of one ledger.

    ``ledgers``: the fields of every ledger by its id, for rules that look at two of them; ``headings``: every folded heading of the
    ledger's own and the field it means; ``broken``: fields with mistakes of their own, by ledger, which are not told again.
    """

    def __init__(
        self, number: str, ledgers: Mapping[str, Fields], headings: Mapping[str, str], broken: Mapping[str, Collection[str]],
        problems: list[Mistake],
    ) -> None:  # fmt: skip
        self._number, self._ledgers, self._headings = number, ledgers, headings
        self._fields = ledgers[number]
        self._broken = broken
        self._problems = problems

    def rule(self, entry: Entry) -> RuleSpec | None:
        """Return the rule of an entry, or None where it is wrong."""
        name = entry.get("rule")
        if name not in rule_names():
            allowed = [_title(one) for one in rule_names() if one != "required"]
            near = nearest(str(name), [*rule_names(), *(text(title, "zh") for title, _ in allowed)]) if name else ""
            self._say(entry, "rule", "no_rule", {"rule": name, "allowed": allowed}, near)
            return None
        given = {key: value for key, value in entry.values.items() if key not in (OWNER, "rule")}
        declared = rule_settings()[name]
        before = len(self._problems)
        for key in given.keys() - declared.declared.keys():
            own = [_named(one) for one in declared.declared]
            params = {"rule": _title(name), "setting": key, "allowed": own or "@nothing"}
            self._say(entry, key, "no_setting", params, nearest(key, labels("setting", declared.declared)))
        for group in declared.one_of:
            if sum(key in given for key in group) != 1:
                self._say(entry, group[0], "one_of", {"rule": _title(name), "settings": [_named(key) for key in group]})
        for key, setting in declared.declared.items():
            if key in given:
                given[key] = self._checked(entry, setting, given[key], given)
            elif not setting.optional and not any(key in group for group in declared.one_of):
                self._say(entry, key, "setting_missing", {"rule": _title(name), "setting": _named(key)})
        return RuleSpec(name, given) if len(self._problems) == before else None

    def _say(self, entry: Entry, key: str, name: str, params: Mapping[str, Any], near: str = "") -> None:
        self._problems.append(Mistake(entry.at(key), f"dictionary.{name}", params, near))

    def _checked(self, entry: Entry, setting: Setting, value: Any, given: Mapping[str, Any]) -> Any:
        """Return a setting's value with the names in it in their own spelling; what is wrong becomes a mistake."""
        match setting.kind:
            case "field":
                return self._field(entry, setting, value)
            case "field@":
                other = str(given.get(setting.of))
                return self._field(entry, setting, value, other) if other in self._ledgers else value
            case "fields":
                return [self._field(entry, setting, one) for one in _listed(value)]
            case "value":
                return self._choice(entry, setting, value, given.get(setting.of))
            case "values":
                return [self._choice(entry, setting, one, given.get(setting.of)) for one in _listed(value)]
            case "amounts" if isinstance(value, dict):
                return {
                    self._choice(entry, setting, one, given.get(setting.of)): amount for one, amount in value.items()
                }
            case "condition" if isinstance(value, dict):
                name = self._field(entry, setting, value.get("field", ""))
                return {"field": name, "in": [self._choice(entry, setting, one, name) for one in value.get("in", [])]}
            case "expression":
                self._expression(entry, setting, value)
            case "ledger" if value not in self._ledgers:
                params = {"ledger": value, "allowed": "、".join(self._ledgers)}
                self._say(entry, setting.name, "no_ledger", params, nearest(str(value), self._ledgers))
            case "choice" if value not in setting.choices:
                allowed = [part(f"choice.{one}") if has(f"choice.{one}") else one for one in setting.choices]
                params = {"setting": _named(setting.name), "value": value, "allowed": allowed}
                self._say(
                    entry, setting.name, "no_choice", params, nearest(str(value), labels("choice", setting.choices))
                )
            case kind if not _fits(kind, value):
                params = {"setting": _named(setting.name), "value": str(value)[:40]}
                self._say(entry, setting.name, f"setting_{kind}", params)
        return value

    def _field(self, entry: Entry, setting: Setting, name: Any, other: str = "") -> Any:
        """Return a column by its own name; ``other``: the ledger whose column it is, where it is not this one's."""
        number = other or self._number
        fields = self._ledgers[number]
        found = known(name, fields) if isinstance(name, str) else None
        types = setting.of.split(",") if setting.of and setting.kind != "field@" else []
        if found is None and name in self._broken[number]:
            return name
        if found is None:
            params = {"field": name, "rule": _title(entry.get("rule"))}
            fitting = [one for one, spec in fields.items() if not types or spec.type in types]
            near = None if other else self._headings.get(fold(str(name)))
            self._say(entry, setting.name, "rule_no_field", params, near or nearest(str(name), fitting))
        elif types and fields[found].type not in types:
            wanted = [part(f"type.{one}.title") for one in types]
            params = {"field": found, "type": part(f"type.{fields[found].type}.title"), "wanted": wanted}
            self._say(entry, setting.name, "rule_wrong_type", params)
        return found or name

    def _choice(self, entry: Entry, setting: Setting, value: Any, name: Any) -> Any:
        """Return a choice of a column by the list's own name for it."""
        spec = self._fields.get(name) if isinstance(name, str) else None
        if spec is None or not isinstance(value, str):
            return value
        choices = spec.codes.values if spec.codes else ("是", "否") if spec.type == "yes_no" else ()
        found = look_up(value, spec.codes) if spec.codes else known(value, choices)
        if choices and found is None and not spec.open:
            params = {"value": value, "field": spec.name, "allowed": "、".join(choices)}
            self._say(entry, setting.name, "rule_no_value", params, nearest(value, choices))
        return found or value

    def _expression(self, entry: Entry, setting: Setting, value: Any) -> None:
        from toolkit.expressions import ExpressionError, compile_expression

        try:
            compile_expression(str(value), self._fields)
        except ExpressionError as error:
            column = str(error.params.get("column", ""))
            if column not in self._broken[self._number]:
                near = self._headings.get(fold(column), error.near) if error.name == "no_column" else error.near
                self._problems.append(Mistake(entry.at(setting.name), f"expression.{error.name}", error.params, near))


def _title(name: str) -> tuple[str, dict[str, Any]]:
    return part(f"rule.{name}.title")


def _named(setting: str) -> tuple[str, dict[str, Any]]:
    return part(f"setting.{setting}")


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, (list, tuple)) else [value]


def _fits(kind: str, value: Any) -> bool:
    """Say whether a value is of a kind that names nothing: a number, a day, texts."""
    if kind == "pair":
        return (
            isinstance(value, list)
            and len(value) == 2
            and all(_fits("number", one) for one in value)
            and value[0] <= value[1]
        )
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "date":
        return isinstance(value, date)
    if kind == "texts":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return {"text": isinstance(value, str), "yes": value is True}.get(kind, kind in ("ledger", "choice"))
