"""Words of the stories about one sale: a fault at a named command, a killed agent, what is there afterwards."""

from collections.abc import Callable

import pytest

from kit.faulty_wire import Fault, command
from kit.sale_register import Killed, SaleRegister
from pos_agent.errors import AgentError

COFFEE_KOP = 10_000


def at(name: str, act: Callable[[], object]) -> Callable[[int, bytes], None]:
    """For `wire.before`: once, just before the first such command arrives."""
    done = []

    def before(number: int, message: bytes) -> None:
        if message[:1] == b"\x02" and command(message) == name and not done:
            done.append(number)
            act()

    return before


def answers_of(name: str, *changes: Callable[[bytes], bytes]) -> Fault:
    """The device's next messages after that command arrive changed."""
    left: list[Callable[[bytes], bytes]] = []

    def fault(way: str, number: int, message: bytes) -> bytes:
        if way == "host":
            if message[:1] == b"\x02" and command(message) == name:
                left[:] = changes
            return message
        return left.pop(0)(message) if left else message

    return fault


def lost(message: bytes) -> bytes:
    return b""


def kept(message: bytes) -> bytes:
    return message


def told(register: SaleRegister, sale_id: str, **more: object) -> str:
    """The code of the error."""
    with pytest.raises(AgentError) as refused:
        register.sale(sale_id, **more)
    return refused.value.code


def fresh(register: SaleRegister) -> list[tuple[int, int, int]]:
    """Receipts after the one of the fixture."""
    return register.receipts(3)


def killed(register: SaleRegister, sale_id: str, name: str, **more: object) -> None:
    """The agent is killed just before this command arrives, and started again."""

    def kill() -> None:
        raise Killed

    register.wire.before = at(name, kill)
    with pytest.raises(Killed):
        register.sale(sale_id, **more)
    register.wire.reset()
    register.reborn()
