"""What a shop may write in a template of a slip: figures, conditions, one list at a time; nothing goes on for ever.

The sandbox of Jinja keeps names in, not time and memory, and a slip is laid out on the thread that owns the printer. So
the syntax tree of a template is compared with what is allowed before any of it is compiled: no call, no assignment, no
macro, no arithmetic but plus and minus, no list in a list. What is left writes at most its own text, once for each
entry of a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pos_agent.printing.slip_template import LISTS, WORDS, BadSlipError, Template, seen_in_source, shielded

FILTERS = ("upper", "lower", "capitalize", "trim", "default", "length")
LOOP = ("first", "last", "index")
SIZES = frozenset({"columns", "lang"})  # of the paper, as a number; of the words, `ru` or `en`
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr, nodes.And,
    nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Concat, nodes.Add, nodes.Sub, nodes.Filter, nodes.Getattr,
    nodes.For,
)  # fmt: skip
Names = Mapping[str, tuple[str, ...]]  # what may be named, and its fields: () = it is a figure or a list itself
DEEPEST = 40  # tags within tags: the compiler works by recursion
MOST_WRITTEN = 16_384  # letters
RAISED = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, finalize=shielded
    )  # no trim_blocks: an `{% endif %}` at the end of a line would glue the next one to it; empty lines are left out
    made.globals.clear()
    made.tests.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    return made


SANDBOX = _environment()


def compiled(file: str, source: str) -> Template:
    """BadSlipError with the line of what is wrong or not allowed. Nothing of the template has run then."""
    try:
        tree = SANDBOX.parse(source)
        _allowed(tree)
        seen_in_source(source)
        made = SANDBOX.from_string(source)
    except TemplateSyntaxError as error:
        raise BadSlipError("slip_syntax", error.lineno) from error
    except (RecursionError, SyntaxError, MemoryError, ValueError) as error:  # brackets in brackets, endless numbers
        raise BadSlipError("slip_syntax") from error

    def write(figures: Mapping[str, object]) -> str:
        parts, size = [], 0
        try:
            for part in made.generate(figures):
                size += len(part)
                if size > MOST_WRITTEN:
                    raise BadSlipError("slip_too_long")
                parts.append(part)
        except RAISED as error:
            raise BadSlipError("slip_fails", _line_in(error)) from error
        return "".join(parts)

    return Template(file, write)


def _allowed(tree: nodes.Template) -> None:
    for node, deep, names in _walked(tree, 0, dict.fromkeys(WORDS | SIZES | LISTS.keys(), ())):
        if deep > DEEPEST or not isinstance(node, ALLOWED):
            raise BadSlipError("slip_tag", _line(node))
        if isinstance(node, nodes.Name) and (node.name not in names or (names[node.name] and node.ctx == "load")):
            raise BadSlipError("slip_word", node.lineno)
        if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.node is None):
            raise BadSlipError("slip_tag", node.lineno)
        if isinstance(node, nodes.Getattr) and not (
            isinstance(node.node, nodes.Name) and node.attr in names.get(node.node.name, ())
        ):
            raise BadSlipError("slip_word", node.lineno)


def _line(node: nodes.Node) -> int:
    """Where it stands; some nodes know it only from what is in them."""
    return next((one.lineno for one in (node, *node.find_all(nodes.Node)) if one.lineno), 0)


def _walked(node: nodes.Node, deep: int, names: Names) -> Iterator[tuple[nodes.Node, int, Names]]:
    """(node, how deep it stands, the names that are known there). What a field is taken from is not a node alone."""
    yield node, deep, names
    if isinstance(node, nodes.Getattr):
        return
    if isinstance(node, nodes.For):
        names = _of_list(node, names)
    for child in node.iter_child_nodes():
        yield from _walked(child, deep + 1, names)


def _of_list(node: nodes.For, names: Names) -> Names:
    """The names inside `{% for stamp in stamps %}`."""
    target, given = node.target, node.iter
    plain = isinstance(target, nodes.Name) and isinstance(given, nodes.Name) and given.name in LISTS
    if not plain or "loop" in names or node.recursive or node.test or node.else_:
        raise BadSlipError("slip_tag", node.lineno)
    assert isinstance(target, nodes.Name)
    assert isinstance(given, nodes.Name)
    if target.name in names:
        raise BadSlipError("slip_word", node.lineno)
    return {**names, target.name: LISTS[given.name], "loop": LOOP}


def _line_in(error: BaseException) -> int:
    """The template's line where it failed, 0 = not known: Jinja puts it into the trace."""
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
