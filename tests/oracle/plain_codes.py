"""Which entered codes may be used (section 3.5 and the further rules, "Codes")."""

from datetime import date, datetime
from typing import Any

from oracle.plain_when import Facts

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXY"  # 31: no I, L, O, U, Z


def take(facts: Facts) -> None:
    """Fills `codes` and `batches`. A code of no batch may be used whenever it is entered."""
    for entered in facts.basket.get("codes", ()):
        batch = batch_of(entered, facts.rules.get("codes", []))
        if batch is None:
            facts.codes.add(entered)
        elif usable(entered, batch, facts):
            facts.codes.add(entered)
            facts.batches.add(batch["id"])


def batch_of(entered: str, batches: list[dict[str, Any]]) -> dict[str, Any] | None:
    """A batch that lists the code, or whose form it has; in the form case, dashes and spaces say nothing."""
    for batch in batches:
        if entered in batch.get("codes", ()):
            return batch
    code = bare(entered)
    for batch in batches:
        prefix = "" if batch.get("codes") else batch.get("prefix", "")
        signs = code.removeprefix(prefix)
        long = batch.get("body", 8) + batch.get("check", 1)
        if prefix and code.startswith(prefix) and len(signs) == long and all(sign in SIGNS for sign in signs):
            return batch
    return None


def bare(code: str) -> str:
    """As a generated code is compared: capitals, 1 for I and L, 0 for O, no dashes and spaces."""
    code = code.upper().replace("-", "").replace(" ", "")
    return code.replace("I", "1").replace("L", "1").replace("O", "0")


def usable(entered: str, batch: dict[str, Any], facts: Facts) -> bool:
    states = facts.basket.get("code_states", {})
    if not batch.get("codes"):
        states, entered = {bare(code): said for code, said in states.items()}, bare(entered)
    state: dict[str, Any] = states.get(entered, {})
    if state.get("revoked") or not _in_dates(batch, facts) or not _in_dates(state, facts):
        return False
    kind, customer = batch.get("kind", "unlimited"), facts.customer.get("id")
    if state.get("register", facts.basket.get("register")) != facts.basket.get("register"):
        return False  # given to another one
    if state.get("customer", customer) != customer:
        return False
    if kind == "unlimited":
        return True
    if not _may_be_taken(batch, state, facts):
        return False
    basket = facts.basket
    own = f"{basket.get('register', '')}:{basket['draft']}" if "draft" in basket else None
    uses = [one for one in state.get("uses", ()) if one["draft"] != own and _counts(one, facts)]
    match kind:
        case "once":
            return not uses
        case "times":
            return len(uses) < batch["times"]
        case "per_customer":
            return customer is not None and not any(one.get("customer") == customer for one in uses)
    raise AssertionError(kind)


def _in_dates(said: dict[str, Any], facts: Facts) -> bool:
    """from <= date < to."""
    if not said.get("from") and not said.get("to"):
        return True
    if facts.day is None:
        return False
    return (not said.get("from") or facts.day >= date.fromisoformat(said["from"])) and (
        not said.get("to") or facts.day < date.fromisoformat(said["to"])
    )


def _may_be_taken(batch: dict[str, Any], state: dict[str, Any], facts: Facts) -> bool:
    """The registry was asked just now, or the policy of the batch for a register without connection."""
    if state.get("online"):
        return True
    match batch.get("offline", "bound"):
        case "allow":
            return True
        case "refuse":
            return False
    return "register" in state or "customer" in state  # to this one, else it was refused above


def _counts(use: dict[str, Any], facts: Facts) -> bool:
    """Used, or reserved and the reservation is not over; without `until` it has no limit."""
    if use["state"] == "used" or "until" not in use:
        return True
    return facts.at is None or facts.at < datetime.fromisoformat(use["until"])
