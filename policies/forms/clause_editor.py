"""The whole editor of one item: its words, the condition, the amount and the cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from policies.eligibility.facts import Text
from policies.eligibility.packs import Pack

from .clause_item import ItemForm
from .rule_cases import case_data, case_nodes
from .rule_nodes import Node, acted, read_tree
from .rule_page import dressed
from .rule_values import (
    Vocabulary,
    condition_data,
    condition_nodes,
    formula_data,
    formula_nodes,
)


class ClauseEditor:
    """What one page of the editor holds; `applied` is the clause file that it stands for."""

    def __init__(
        self,
        pack: Pack,
        content: Mapping[str, Any],
        number: int,
        posted: Mapping[str, list[str]] | None = None,
        action: str = "",
    ) -> None:
        """Open an item as its file says (`posted` is None), or as the page was sent.

        Raises Refused for more nodes or levels than a condition may have.
        """
        self.content, self.number = content, number
        self.item = content["items"][number]
        self.clause = f"{content['document']}-{content['clause']}"
        self.vocabulary = Vocabulary(pack.registry)
        self.when: Node | None
        self.amount: Node | None
        self.cases: Node | None
        if posted is None:
            self.form = ItemForm(pack, content, number)
            self._open()
        else:
            data = _as_form_data(posted)
            self.form = ItemForm(pack, content, number, data)
            trees = [read_tree(posted, root) for root in "wac"]
            target = action.partition(":")[2][:1]
            self.when, self.amount, self.cases = (
                acted(tree, action) if target == root else tree
                for tree, root in zip(trees, "wac", strict=True)
            )

    def _open(self) -> None:
        item, words = self.item, self.vocabulary
        self.when = condition_nodes(item["when"], "w", words) if "when" in item else None
        amount = item.get("amount")
        self.amount = formula_nodes(amount["formula"], "a", words) if amount else None
        self.cases = case_nodes(item.get("cases", []), words)

    def applied(self) -> dict[str, Any]:
        """The clause file with everything on the page; errors are noted beside their nodes."""
        if self.form.is_bound:
            self.form.is_valid()
            content = self.form.applied()
        else:
            content = dict(self.content) | {"items": [dict(one) for one in self.content["items"]]}
        item = content["items"][self.number]
        self._put(item, "when", self._condition())
        self._put(item, "amount", self._formula())
        self._put(item, "cases", case_data(self.cases, self.vocabulary))
        return content

    def _put(self, item: dict[str, Any], key: str, value: Any) -> None:
        if not value:
            item.pop(key, None)
        elif item.get(key) != value:
            item[key] = value

    def _condition(self) -> dict[str, Any] | None:
        return condition_data(self.when, self.vocabulary, self.clause) if self.when else None

    def _formula(self) -> dict[str, Any] | None:
        if self.amount is None:
            return None
        formula = formula_data(self.amount, self.vocabulary, self.clause)
        before = self.item.get("amount", {})
        if not self.form.is_bound:
            return {"name": before["name"], "formula": formula}
        name = self.form.amount_name
        if not all(name.values()) and "amount_name_zh" not in self.form.errors:
            self.form.add_error("amount_name_zh", _("请用两种语言写明金额叫什么。"))
        old = before.get("name", {})
        same = {code: str(old.get(code, "")).strip() for code in ("zh", "en")} == name
        return {"name": old if same else name, "formula": formula}

    @property
    def has_errors(self) -> bool:
        """Whether anything on the page is wrong; asked after `applied`."""
        return bool(self.form.is_bound and self.form.errors) or any(
            node.error for node in self.nodes()
        )

    @property
    def title(self) -> str:
        """What the item is called in the reader's language."""
        label = self.item["label"]
        return str(Text(label["zh"], label["en"]).in_language(self.vocabulary.language))

    @property
    def department_names(self) -> list[str]:
        """The departments of the clause in the reader's language."""
        names = dict(self.form.fields["departments"].choices)  # type: ignore[attr-defined]
        return [str(names.get(name, name)) for name in self.content["departments"]]

    def nodes(self) -> list[Node]:
        """Every node of the three trees."""
        trees = (self.when, self.amount, self.cases)
        return [node for tree in trees if tree is not None for node in tree.walk()]

    def dress(self) -> None:
        """Fill in what the page shows."""
        for tree in (self.when, self.amount, self.cases):
            dressed(tree, self.vocabulary)


def _as_form_data(posted: Mapping[str, list[str]]) -> Any:
    data = QueryDict(mutable=True)
    for name, values in posted.items():
        if "." not in name:
            data.setlist(name, list(values))
    return data
