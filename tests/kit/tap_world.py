"""A till and an agent on one emulated register, through the router of tap mode, millisecond by millisecond."""

from dataclasses import dataclass, field

from drivers.exchange import Answer, Finished, Send
from drivers.shtrih.frame import encode_frame
from drivers.shtrih.link import ShtrihLink
from drivers.shtrih.tap import ShtrihEar, ShtrihStandIn
from drivers.tap.router import Router

ENQ, ACK, NAK = b"\x05", b"\x06", b"\x15"
STEP_S = 0.001
BUSY = 0x50
AGAIN_S = 0.15


@dataclass
class ScriptedTill:
    """Sends commands one after the other exactly as the protocol says; written without the driver's link."""

    commands: list[bytes]
    pause_s: float = 0.0
    patient: bool = False  # as real ones: what was refused with 50h is sent again a little later
    answers: list[bytes] = field(default_factory=list)
    _inbox: bytearray = field(default_factory=bytearray)
    _phase: str = "rest"
    _next_at: float = 0.0

    @property
    def done(self) -> bool:
        return not self.commands and self._phase == "rest"

    def step(self, came: bytes, now: float) -> bytes:
        """What it writes after having read `came`."""
        self._inbox += came
        if self._phase == "rest" and self.commands and now >= self._next_at:
            self._phase = "asked"
            self._inbox.clear()
            return ENQ
        if self._phase == "asked" and self._take(NAK):
            self._phase = "sent"
            return encode_frame(self.commands[0])
        if self._phase == "sent" and self._take(ACK):
            self._phase = "waits"
        if self._phase == "waits" and len(self._inbox) > 2 and len(self._inbox) >= self._inbox[1] + 3:
            assert self._inbox[0] == 0x02, self._inbox.hex()
            answer = bytes(self._inbox[2:-1])
            self._inbox.clear()
            self._phase, self._next_at = "rest", now + self.pause_s
            if self.patient and answer[-1] == BUSY and len(answer) <= 3:
                self._next_at = now + AGAIN_S
                return ACK
            self.answers.append(answer)
            self.commands.pop(0)
            return ACK
        return b""

    def _take(self, control: bytes) -> bool:
        if bytes(self._inbox[:1]) != control:
            assert not self._inbox, f"the till waits for {control.hex()}, got {self._inbox.hex()}"
            return False
        del self._inbox[:1]
        return True


class TapWorld:
    """`run` moves both; the agent's wishes are (when, block, commands)."""

    def __init__(self, front, till: ScriptedTill) -> None:
        self.front, self.till = front, till
        self.router = Router(ShtrihEar(), ShtrihStandIn())
        self.now = 100.0
        self.delay_s = 0.0  # how long the device takes to answer
        self._late: list[tuple[float, bytes]] = []
        self.ours: list[bytes] = []  # answers to the agent
        self.to_device = bytearray()

    def step(self) -> None:
        self.now += STEP_S
        self.router.poll(self.now)
        self._deliver()
        while self._late and self._late[0][0] <= self.now:
            self.router.from_device(self._late.pop(0)[1], self.now)
            self._deliver()
        if written := self.till.step(self._read_till(), self.now):
            self.router.from_till(written, self.now)
        self._deliver()

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.step()

    def ask(self, payload: bytes, patience_s: float = 2.0) -> bytes | None:
        """One exchange of the agent, waiting for its turn. None: the turn did not come."""
        until = self.now + patience_s
        while not self.router.begin_exchange(self.now):
            if self.now >= until:
                return None
            self.step()
        link = ShtrihLink()
        link.begin(payload, 5.0, self.now)
        while not isinstance(action := link.poll(self.now), Finished):
            if isinstance(action, Send):
                assert self.router.from_agent(action.payload, self.now)
                self._deliver()
                continue
            self.router.alive(self.now)
            self.step()
            came = bytes(self.router.out.agent)
            self.router.out.agent.clear()
            if came:
                link.receive(came, self.now)
        self.router.end_exchange(self.now)
        self._deliver()
        assert isinstance(action.result, Answer), action.result
        self.ours.append(action.result.payload)
        return action.result.payload

    def _read_till(self) -> bytes:
        came = bytes(self.router.out.till)
        self.router.out.till.clear()
        return came

    def _deliver(self) -> None:
        data = bytes(self.router.out.device)
        self.router.out.device.clear()
        if data:
            self.to_device += data
            answer = self.front.receive(data, self.now)
            if answer:
                self._late.append((self.now + self.delay_s, answer))
