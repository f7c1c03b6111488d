"""How this shop's slips look: its settings, and its own templates with what is wrong with them."""

from __future__ import annotations

from pos_agent.checkout.orders import Orders
from pos_agent.config import Config
from pos_agent.logs import logger
from pos_agent.printing.slip import SlipStyle
from pos_agent.printing.slip_folder import load
from pos_agent.printing.slip_template import Fault


def style_of(config: Config) -> SlipStyle:
    """Read once: a template that changes is taken at the agent's next start."""
    loyalty = config.loyalty
    return SlipStyle(
        config.agent.language,
        loyalty.heading,
        loyalty.qr_prefix,
        loyalty.join_url,
        loyalty.qr_dots,
        training=loyalty.training,
        templates=load(loyalty.slip_templates),
    )


def faults_of(config: Config) -> tuple[Fault, ...]:
    """What is wrong with the templates as they lie there now; such a kind prints the built-in slip."""
    return load(config.loyalty.slip_templates).faults


def failed(orders: Orders | None) -> tuple[Fault, ...]:
    """Templates of the running agent that could not show the figures of their last slip. None: no printer here."""
    return tuple(orders.journal.habits.style.templates.failed.values()) if orders is not None else ()


def words(fault: Fault) -> dict[str, object]:
    """The words of SLP-05."""
    return {"file": f"{fault.file}:{fault.line}" if fault.line else fault.file, "why": fault.why}


def log_faults(style: SlipStyle) -> None:
    """One line a file: the shop goes on with the built-in slip."""
    for fault in style.templates.faults:
        logger("slips").warning("slip template not used", code="SLP-05", path=str(words(fault)["file"]), why=fault.why)
