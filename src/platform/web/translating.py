"""Texts of templates, translated when a template is compiled.

Every language has a template environment of its own, so a fixed text is put into the compiled template as it will be
read; only texts with values in them are left for each page. Looking each of a page's hundred texts up took as long as all
the rest of its rendering.
"""

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, nodes, pass_eval_context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from src.platform.web.i18n import Language


class Translation(NodeTransformer):
    """Replaces ``_("…")`` and ``{% trans %}`` without values by the text in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  Jinja's visitors are named so
        """A call of ``_`` with nothing but a text."""
        named = isinstance(node.node, nodes.Name) and node.node.name in {"_", "gettext"}
        if named and len(node.args) == 1 and isinstance(node.args[0], nodes.Const) and not node.kwargs:
            text = Markup(self.language.gettext(node.args[0].value)) % {}  # noqa: S704  our own catalogue
            return nodes.Const(text, lineno=node.lineno, environment=node.environment)
        return self.generic_visit(node)


class TranslatedEnvironment(Environment):
    """A template environment that speaks one language."""

    def __init__(self, language: Language, **options: Any) -> None:  # noqa: ANN401  passed on to Jinja
        super().__init__(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], **options)
        self.language = language
        self.newstyle_gettext = True
        self.globals.update(spoken(language))

    def _generate(self, source: nodes.Template, *where: Any, **options: Any) -> str:  # noqa: ANN401
        # A text in a template that switches escaping off (letters in plain text) must stay a plain string.
        if not any(source.find_all(nodes.ScopedEvalContextModifier)):
            source = Translation(self.language).visit(source)
        return super()._generate(source, *where, **options)


def spoken(language: Language) -> dict[str, Callable[..., str]]:
    """``_``, ``gettext`` and ``ngettext`` for what is left: texts with values. As Jinja's own new style, with less ado."""

    @pass_eval_context
    def gettext(escaping: nodes.EvalContext, message: str, /, **values: object) -> str:
        found = language.gettext(message)
        return (Markup(found) if escaping.autoescape else found) % values  # noqa: S704

    @pass_eval_context
    def ngettext(escaping: nodes.EvalContext, one: str, many: str, num: int, /, **values: object) -> str:
        found = language.ngettext(one, many, num)
        return (Markup(found) if escaping.autoescape else found) % {"num": num, **values}  # noqa: S704

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext}
