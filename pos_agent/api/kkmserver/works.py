"""Commands that do something, the receipt aside: shift, reports, cash, drawer, print (`kkmserver.md`, section 5)."""

from __future__ import annotations

from dataclasses import dataclass

from pos_agent import texts
from pos_agent.api.kkmserver.answers import CLOSED_ALREADY, OPEN_ALREADY, FailedError, Json, device_words
from pos_agent.api.kkmserver.fields import Fields, WrongFieldError
from pos_agent.api.kkmserver.jobs import Job, PendingError, Result
from pos_agent.api.kkmserver.markup import Element, elements
from pos_agent.api.printers import printers, shift_since
from pos_agent.errors import AgentError

NARROWEST = 32  # columns, before the device was met
DECIDED = ("CSH-01", "CSH-02", "PRN-09")  # by the registers, or by the device after they had been asked
MOVED_PERHAPS = "Ещё не известно, прошли ли деньги: их скажут счётчики принтера."
INTERRUPTED = "Команда прервана перезапуском агента. Посмотрите на ленту и повторите её с новым IdCommand."


def columns_of(job: Job) -> int:
    """Characters in a line of the paper, as far as the device has told."""
    desk = job.at.desk
    return desk.printer.capabilities().columns if desk is not None else NARROWEST


@dataclass(frozen=True)
class ShiftWork:
    """`OpenShift`, `CloseShift`, `ZReport`. After silence the shift's own state tells, never a second command."""

    opens: bool

    async def run(self, job: Job) -> Result:
        if self._reached(await job.do("device.show")) and not (await job.in_thread(lambda: self._others_open(job))):
            code, word = (OPEN_ALREADY, "открыта") if self.opens else (CLOSED_ALREADY, "закрыта")
            raise FailedError(device_words(code, f"Смена {word}, операция невозможна"))
        await job.note()
        return await self._done(job)

    async def revive(self, job: Job, again: bool) -> Result:
        now = await self._state(job)
        if self._reached(now):
            return _shift_told(now)
        if not again:
            raise FailedError("Смена осталась прежней: команда не выполнена, повторите её с новым IdCommand.")
        return await self._done(job)

    async def _done(self, job: Job) -> Result:
        try:
            await job.do("shift.open" if self.opens else "shift.close")
        except AgentError as error:
            if not self._reached(await self._state(job)):
                raise error
        return _shift_told(await self._state(job))

    async def _state(self, job: Job) -> Json:
        try:
            return await job.do("device.show")
        except AgentError:
            raise PendingError("Принтер не отвечает. Проверьте питание и кабель.") from None

    def _others_open(self, job: Job) -> bool:
        """The register's shift is closed on every printer at once: is there one whose shift is open still?"""
        if self.opens or job.part:
            return False
        with job.parts.views.reading() as view:
            return any(shift_since(view, one.name) for one in printers(job.parts.config)[1:])

    def _reached(self, now: Json) -> bool:
        return bool((now["shift"] != "closed") is self.opens)


@dataclass(frozen=True)
class CashWork:
    """`DepositingCash`, `PaymentCash`. The registers before it are written down first, so that a repeat can tell."""

    operation: str  # cash.in or cash.out

    async def run(self, job: Job) -> Result:
        kop = _amount(job.fields)
        if (await job.do("device.show"))["shift"] == "closed":
            raise FailedError(device_words(CLOSED_ALREADY, "Смена закрыта, операция невозможна"))
        before = (await job.do("cash.show"))[self.operation.removeprefix("cash.")]
        await job.note(before=before)
        await job.do(self.operation, kop=kop, before=before)
        return Result()

    async def revive(self, job: Job, again: bool) -> Result:
        args = {"kop": _amount(job.fields), "before": job.content["before"], "again": True, "only_look": not again}
        try:
            await job.do(self.operation, **args)
        except AgentError as error:
            if error.code in DECIDED:
                raise
            told = texts.message(error.code, job.parts.config.agent.language, None, **error.params)
            raise PendingError(f"{MOVED_PERHAPS} {told.what} {told.action} [{error.code}]") from error
        return Result()


@dataclass(frozen=True)
class PaperWork:
    """`XReport`, `OpenCashDrawer`: one operation, nothing to tell."""

    operation: str

    async def run(self, job: Job) -> Result:
        await job.note()
        await job.do(self.operation)
        return Result()

    async def revive(self, job: Job, again: bool) -> Result:
        raise FailedError(INTERRUPTED)


class PrintWork:
    """`PrintDocument`, and `RegisterCheck` that is not fiscal: lines and codes as they come."""

    async def run(self, job: Job) -> Result:
        made = document(job.fields, columns_of(job))
        await job.note()
        await job.do("print.document", elements=made)
        return Result()

    async def revive(self, job: Job, again: bool) -> Result:
        raise FailedError(INTERRUPTED)


def document(given: Fields, columns: int) -> list[Element]:
    """What a non-fiscal document prints. WrongFieldError: a part of it cannot be printed, so nothing is."""
    refused: list[str] = []
    made: list[Element] = []
    for row in given.rows("CheckStrings"):
        made += elements(row, columns, refused)
        register = row.block("Register")
        if register is not None:  # a line of goods, as text
            made.append({"text": _printable(register.text("Name", limit=1000, control=True))[:columns]})
            made.append({"text": register.text("Amount"), "align": "right"})
    if refused:
        raise WrongFieldError(refused[0])
    if not made:
        raise WrongFieldError("Печатать нечего: в CheckStrings нет ни текста, ни штрихкода")
    return made


def _shift_told(now: Json) -> Result:
    return Result(
        {"CheckNumber": now["last_fd"], "SessionNumber": now["shift_number"] or 0, "QRCode": "", "URL": ""},
    )


def _amount(given: Fields) -> int:
    kop = given.kop("Amount")
    if kop is None or kop <= 0:
        raise WrongFieldError("Сумма (Amount) должна быть больше нуля")
    return kop


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text)
