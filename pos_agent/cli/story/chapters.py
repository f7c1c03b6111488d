"""The chapters of the demonstration, in order. Each does its part on the stage and says what it saw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pos_agent.cli.stage import AGENT_CABLE, Stage
from pos_agent.cli.story import paper, words
from pos_agent.money import roubles

Say = Callable[[str], None]
CARD = "7Q4M2XKD9W"
PHONE = "+79160000042"
VERDICTS = {
    1: "чек записан, и это он. Второй не нужен.",
    2: "чека нет. Пробили заново под тем же номером продажи.",
}  # by the number of attempts that it took


class Teller:
    """Tells the story; `resolved` holds how each sale in doubt ended, `broken` what was not as it must be."""

    def __init__(self, stage: Stage, say: Say) -> None:
        self.stage = stage
        self.say = say
        self.names: dict[str, str] = {}
        self.resolved: dict[str, Any] = {}
        self.broken: list[str] = []
        self._fd = 1  # the registration, made when the printer first started
        self._chapter = 0

    def tell(self) -> None:
        """Everything up to the last report."""
        for chapter in (
            self.customer, self.observer, self.gateway, self.take_back, self.without_cloud,
            self.lights_out_after, self.lights_out_before, self.reports,
        ):  # fmt: skip
            chapter()

    # ------------------------------------------------------------------ chapters

    def customer(self) -> None:
        """A customer is added; the rules are there already."""
        self.title("Клиент")
        rules = self.stage.ask("status")["rules"]
        anna = self.stage.ask("customer.add", name="Анна Козлова", phone=PHONE, card=CARD, consent=True)
        self.names[anna["id"]] = anna["name"]
        self.line(f"{anna['name']}: карта {anna['card']}, телефон {anna['phone']}; в базе имя и телефон зашифрованы")
        self.line(f"Правила пришли из облака: версия {rules['version']}")

    def observer(self) -> None:
        """The till sells, the agent watches on the printer's other port."""
        self.title("Касса продаёт сама, агент смотрит со второго порта принтера")
        last = self.stage.till()[-1]
        self.recorded(last["fd"])
        self.line("Без карты - слип-приглашение, Анне - слип с баллами. Касса о программе не знает.")

    def gateway(self) -> None:
        """The agent sells: a discount, points instead of money, receipt and slip on paper."""
        self.title("Чек пробивает агент: скидка 20 % на выпечку и 140 баллов вместо денег")
        answer = self.stage.ask("sell", basket=self.stage.baskets["breakfast"], customer=CARD, sale="demo-breakfast")
        self.breakfast = str(answer["document"])
        self.priced(self.breakfast)
        self.recorded(_fd(answer))
        self.line(f"Наличными 500.00, сдача {roubles(answer['change_kop'])}")
        self.say("")
        for row in paper.drawn(self.paper()[-2:]):
            self.line(row)

    def take_back(self) -> None:
        """One of two cups comes back."""
        self.title("Возврат одного капучино из двух")
        answer = self.stage.ask("return", receipt=self.breakfast, lines={"1": "1"}, sale="demo-return")
        self.recorded(_fd(answer))
        self.line(words.taken_back(answer))

    def without_cloud(self) -> None:
        """The cloud is off: the register sells on; it is on again: all arrives."""
        self.title("Облако выключили - касса продаёт дальше")
        self.stage.stop_cloud()
        answer = self.stage.ask("sell", basket=self.stage.baskets["takeaway"], customer=CARD, sale="demo-takeaway")
        self.recorded(_fd(answer))
        status = self.told("NET-01")
        self.line(f"Ждут отправки: {status['sync']['waiting']}")
        self.stage.start_cloud()
        sent = self.stage.ask("sync.now")
        self.line(f"Облако включили: принято {sent['acked']} из {sent['head']}, ждут {sent['waiting']}")

    def lights_out_after(self) -> None:
        """The mains go off just after the storage wrote the receipt: the answer is lost, the receipt is not."""
        self.title("Свет погас: накопитель успел записать чек, ответ пропал")
        self.lights_out("after", "lunch")

    def lights_out_before(self) -> None:
        """The mains go off just before: there is no receipt, it is made again under the same number."""
        self.title("Свет погас: накопитель записать не успел")
        self.lights_out("before", "dinner")

    def reports(self) -> None:
        """X and Z."""
        self.title("Отчёты: X без гашения, затем Z - смена закрыта")
        self.stage.ask("shift.x")
        self.stage.ask("shift.close")
        self.recorded(self._fd + 1)

    # ------------------------------------------------------------------ a sale in doubt

    def lights_out(self, side: str, basket: str) -> None:
        """The mains go off around the write; the printer's USB port goes with them, and both come back."""
        stage, sale, before = self.stage, f"demo-{basket}", self._fd
        stage.console(f"cut power {side}")
        selling = stage.asking("sell", basket=stage.baskets[basket], customer=CARD, sale=sale)
        stage.until(lambda: stage.console("status")["powered"] is False or None)
        stage.console(f"cable pull {AGENT_CABLE}")
        self.line("принтер:     связь пропала, USB-порта нет")
        self.told("SAL-01")
        stage.console("power on")
        stage.console(f"cable plug {AGENT_CABLE}")
        self.line("принтер:     питание дали")
        answer = selling.result()
        attempt = stage.ask("sale.show", sale=sale)["attempt"]
        self.line(f"накопитель:  {VERDICTS.get(attempt, '')}")
        made = self.recorded(_fd(answer))["storage"]["recorded_fd"] - before
        self.line(f"Документов на эту продажу: {made}")
        if made != 1:
            self.broken.append(f"{sale}: документов {made} вместо одного")
        self.resolved[sale] = {
            "power": side,
            "state": answer["state"],
            "document": answer["document"],
            "attempts": attempt,
            "documents": made,
        }

    # ------------------------------------------------------------------ what is shown

    def title(self, text: str) -> None:
        """The next chapter begins."""
        self._chapter += 1
        self.say(f"\n{self._chapter}. {text}")

    def line(self, text: str) -> None:
        """Something seen."""
        self.say(f"   {text}")

    def recorded(self, fd: int) -> dict[str, Any]:
        """Wait until documents up to `fd` are recorded and their slips printed, show the new ones; the status then."""
        status = self.stage.settle(fd)
        rows = self.stage.ask("receipts", limit=max(1, fd - self._fd))["documents"]
        for row in reversed(rows):
            self.line(words.document(row, self.names))
        self._fd = fd
        return status

    def priced(self, document: str) -> None:
        """Lines of a receipt with what rules and points took off."""
        shown = self.stage.ask("receipts.show", document=document)
        for line in shown["events"][0]["facts"]["lines"]:
            self.line(words.sold_line(line))

    def paper(self) -> list[list[str]]:
        """Everything printed, piece by piece."""
        return paper.pieces(self.stage.tape())

    def told(self, code: str) -> dict[str, Any]:
        """Wait until the agent tells people this, show it; the status then."""
        status = self.stage.until(lambda: _telling(self.stage.ask("status"), code))
        one = next(one for one in status["messages"] if one["code"] == code)
        self.line(f"агент:       {one['what']} {one['action']} {one['safe']} [{code}]")
        return status


def _fd(answer: dict[str, Any]) -> int:
    return int(str(answer["document"]).rpartition("/")[2])


def _telling(status: dict[str, Any], code: str) -> dict[str, Any] | None:
    return status if any(one["code"] == code for one in status["messages"]) else None
