"""Tills of ATOL registers, written from the protocol notes alone: what a till program says and what it puts up with.

Without I/O: `step(came, now)` takes what was read and gives what to write. A byte that the protocol does not allow at
that moment is an AssertionError: a till sees a register there, nothing else.
"""

from dataclasses import dataclass, field

PASSWORD = b"\0\0"
ENQ, ACK, NAK, STX, ETX, EOT, DLE = 0x05, 0x06, 0x15, 0x02, 0x03, 0x04, 0x10
BUSY_PAUSE_S = 0.5
T1_S = 0.5
TRIES = 5


def frame(data: bytes) -> bytes:
    """STX, masked data, ETX, XOR of all that follows STX."""
    body = b"".join(bytes((DLE, one)) if one in (DLE, ETX) else bytes((one,)) for one in data) + bytes((ETX,))
    check = 0
    for one in body:
        check ^= one
    return bytes((STX,)) + body + bytes((check,))


def crc(data: bytes) -> int:
    """CRC-8, polynomial 31h, initial FFh."""
    value = 0xFF
    for one in data:
        value ^= one
        for _ in range(8):
            value = (value << 1 ^ 0x31) & 0xFF if value & 0x80 else value << 1
    return value


def packet(number: int, data: bytes) -> bytes:
    """FEh, length, Id, masked data and CRC."""
    tail = data + bytes((crc(bytes((number,)) + data),))
    masked = tail.replace(b"\xfd", b"\xfd\xed").replace(b"\xfe", b"\xfd\xee")
    return bytes((0xFE, len(data) & 0x7F, len(data) >> 7, number)) + masked


@dataclass
class PlainTill:
    """What both tills have: commands (without the password), answers, every byte read."""

    commands: list[bytes]
    pause_s: float = 0.0
    answers: list[bytes] = field(default_factory=list)
    seen: bytearray = field(default_factory=bytearray)
    busy: int = 0  # times it was told to wait
    phase: str = "rest"
    inbox: bytearray = field(default_factory=bytearray)
    next_at: float = 0.0

    @property
    def done(self) -> bool:
        return not self.commands and self.phase == "rest"

    def step(self, came: bytes, now: float) -> bytes:
        self.seen += came
        self.inbox += came
        return self.say(now)

    def say(self, now: float) -> bytes:
        raise NotImplementedError

    def over(self, answer: bytes, now: float) -> None:
        """A command has its answer."""
        self.answers.append(answer)
        self.commands.pop(0)
        self.phase, self.next_at = "rest", now + self.pause_s


@dataclass
class FrameTill(PlainTill):
    """Protocol 2."""

    tries: int = 0
    asked_at: float = 0.0

    def say(self, now: float) -> bytes:
        if self.phase == "rest":
            assert not self.inbox, f"a resting till is told {self.inbox.hex()}"
            if self.commands and now >= self.next_at:
                return self.enquire(now)
        elif self.phase == "enq" and self.inbox:
            if self.take(ACK, NAK) == ACK:
                self.phase, self.tries = "frame", 0
                return frame(PASSWORD + self.commands[0])
            self.busy += 1
            self.phase, self.next_at = "rest", now + BUSY_PAUSE_S
        elif self.phase == "enq" and now - self.asked_at >= T1_S:
            return self.enquire(now)
        elif self.phase == "frame" and self.inbox:
            self.take(ACK)
            self.phase = "runs"
            return bytes((EOT,))
        elif self.phase == "runs" and self.inbox:
            self.take(ENQ)
            self.phase = "granted"
            return bytes((ACK,))
        elif self.phase == "granted" and (data := self.whole()) is not None:
            self.phase, self.answer = "eot", data
            return bytes((ACK,))
        elif self.phase == "eot" and self.inbox:
            self.take(EOT)
            self.over(self.answer, now)
        return b""

    def enquire(self, now: float) -> bytes:
        assert self.tries < TRIES, "no connection: five times without a grant"
        self.phase, self.asked_at, self.tries = "enq", now, self.tries + 1
        return bytes((ENQ,))

    def take(self, *allowed: int) -> int:
        byte = self.inbox.pop(0)
        assert byte in allowed, f"in {self.phase!r} came {byte:02X}h {self.inbox.hex()}"
        return byte

    def whole(self) -> bytes | None:
        """Data of the frame in the inbox, None while it is not whole."""
        if not self.inbox:
            return None
        assert self.inbox[0] == STX, self.inbox.hex()
        data, at = bytearray(), 1
        while at < len(self.inbox) and self.inbox[at] != ETX:
            at += self.inbox[at] == DLE
            if at < len(self.inbox):
                data.append(self.inbox[at])
            at += 1
        if at + 1 >= len(self.inbox):
            return None
        check = 0
        for one in self.inbox[1 : at + 1]:
            check ^= one
        assert check == self.inbox[at + 1], self.inbox.hex()
        del self.inbox[: at + 2]
        return bytes(data)


@dataclass
class PacketTill(PlainTill):
    """Protocol 3. `polls`: asks for results by Req each half second as well; `flags` of its tasks."""

    number: int = 0x00
    tid: int = 0x00
    flags: int = 1
    polls: bool = False
    connects: bool = True
    reply_s: float = 10.0  # after that it says the same packet again, with the same Id
    asked: bytes = b""
    asked_at: float = 0.0

    def say(self, now: float) -> bytes:
        if self.phase == "rest" and self.connects:
            self.connects = False
            return self.ask(b"\xc4", "abort", now)
        if self.phase == "rest" and self.commands and now >= self.next_at:
            self.tid = (self.tid + 1) % 0xE0
            task = bytes((0xC1, self.flags, self.tid)) + PASSWORD + self.commands[0]
            return self.ask(task, "add", now)
        got = self.whole()
        if got is None:
            return self.waited(now)
        number, data = got
        if number == 0xF0:
            assert data[1] == self.tid, f"the till is told of task {data[1]:02X}h, its own is {self.tid:02X}h"
            assert self.phase in ("add", "runs", "req"), self.phase
            return self.result(data[0] == 0xA7, data[2:], now)
        assert number == self.number, f"packet {number:02X}h is not the till's {self.number:02X}h: {data.hex()}"
        return self.told(data, now)

    def told(self, data: bytes, now: float) -> bytes:
        if self.phase in ("add", "req"):
            if data[0] in (0xA3, 0xA4):
                return self.result(data[0] == 0xA4, data[1:], now)
            assert data[0] in (0xA1, 0xA2, 0xA8), data.hex()
            self.phase, self.asked_at = "runs", now
        elif self.phase in ("ack", "clear"):
            assert data == b"\xa3", data.hex()
            self.over(self.answer, now)
        elif self.phase == "abort":
            assert data == b"\xa3", data.hex()
            self.phase = "rest"
        return b""

    def result(self, error: bool, answer: bytes, now: float) -> bytes:
        self.answer = answer
        if error and not self.flags & 2:
            return self.ask(b"\xc4", "clear", now)
        return self.ask(bytes((0xC2, self.tid)), "ack", now)

    def waited(self, now: float) -> bytes:
        if self.phase == "runs" and self.polls and now - self.asked_at >= 0.5:
            return self.ask(bytes((0xC3, self.tid)), "req", now)
        if self.phase in ("add", "req", "ack", "clear", "abort") and now - self.asked_at >= self.reply_s:
            self.asked_at, self.busy = now, self.busy + 1
            return self.asked
        return b""

    def ask(self, data: bytes, phase: str, now: float) -> bytes:
        self.number = (self.number + 1) % 0xE0
        self.phase, self.asked_at = phase, now
        self.asked = packet(self.number, data)
        return self.asked

    def whole(self) -> tuple[int, bytes] | None:
        """Id and data of the packet in the inbox, None while it is not whole."""
        if len(self.inbox) < 5:
            return None
        assert self.inbox[0] == 0xFE, self.inbox.hex()
        length, plain, at = self.inbox[1] | self.inbox[2] << 7, bytearray(), 4
        while at < len(self.inbox) and len(plain) <= length:
            step = 2 if self.inbox[at] == 0xFD else 1
            if at + step > len(self.inbox):
                return None
            plain.append({0xEE: 0xFE, 0xED: 0xFD}[self.inbox[at + 1]] if step == 2 else self.inbox[at])
            at += step
        if len(plain) <= length:
            return None
        number = self.inbox[3]
        assert crc(bytes((number,)) + plain[:-1]) == plain[-1], self.inbox.hex()
        del self.inbox[:at]
        return number, bytes(plain[:-1])
