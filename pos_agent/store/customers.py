"""Customers and how they are found. Personal data is sealed in one table and found by keyed hashes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from pos_agent.model.canonical import canonical_json
from pos_agent.model.customer import Customer
from pos_agent.store.contacts import last_four, normal_card, normal_email, normal_phone
from pos_agent.store.errors import AlreadyTaken, InvalidContact, StoreRefused
from pos_agent.store.ready import Ready, given
from pos_agent.store.schema import card, customer, personal
from pos_agent.store.session import Session

ACTIVE, BLOCKED = "active", "blocked"
_FOUND_LIMIT = 50  # last four characters may be shared by many; a screen shows a few
_WHO, _TOKEN = given("who"), given("token")
_PERSON = Ready(
    sa.select(customer.c.id, personal)
    .outerjoin(personal, personal.c.customer_id == customer.c.id)
    .where(customer.c.id == _WHO)
)
_CARDS = Ready(
    sa.select(card.c.code_token, card.c.code_sealed)
    .where(card.c.customer_id == _WHO, card.c.state == ACTIVE)
    .order_by(card.c.added_at, card.c.code_token)
    .limit(1)
)
_HOLDER = Ready(sa.select(card.c.customer_id).where(card.c.code_token == _TOKEN, card.c.state == ACTIVE))
_BY = {
    kind: Ready(sa.select(personal.c.customer_id).where(personal.c[f"{kind}_token"] == _TOKEN))
    for kind in ("phone", "email")
}


@dataclass(frozen=True)
class Consent:
    """What the customer agreed to; times are UTC ISO, "" when never given. Advertising is a separate one (38-FZ)."""

    processing: bool = False
    processing_at: str = ""
    advertising: bool = False
    advertising_at: str = ""


class CustomersView:
    """Reads. Every `find_*` takes text as people write it and answers None when nobody is found."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, customer_id: str) -> Customer | None:
        """With personal data opened; blank when it was forgotten."""
        row = self._session.row(_PERSON, who=customer_id)
        if row is None:
            return None
        return Customer(
            id=row.id,
            name=self._open(row.name_sealed, row.id, "name"),
            phone=self._open(row.phone_sealed, row.id, "phone"),
            email=self._open(row.email_sealed, row.id, "email"),
            card=self._first_card(row.id),
        )

    def ids(self) -> tuple[str, ...]:
        """All customers' ids, sorted."""
        return tuple(self._session.connection.execute(sa.select(customer.c.id).order_by(customer.c.id)).scalars())

    def find_by_phone(self, text: str) -> Customer | None:
        """InvalidContact when the text is no phone."""
        return self._holder("phone", normal_phone(text))

    def find_by_email(self, text: str) -> Customer | None:
        """InvalidContact when the text is no e-mail."""
        return self._holder("email", normal_email(text))

    def find_by_card(self, text: str) -> Customer | None:
        """Holder of an active card; None for an unknown or blocked one. InvalidContact for no card code."""
        return self._one(_HOLDER, self._token("card", normal_card(text)))

    def find_by_contact(self, text: str) -> Customer | None:
        """Tag 1008 of a receipt: a phone or an e-mail. None when nobody has it or it is neither."""
        try:
            return self.find_by_email(text) if "@" in text else self.find_by_phone(text)
        except InvalidContact:
            return None

    def find_by_last_four(self, text: str) -> tuple[Customer, ...]:
        """All whose phone or active card ends so, by id; at most 50. InvalidContact unless four letters or digits."""
        ending = text.strip().upper()
        if len(ending) != 4 or not (ending.isascii() and ending.isalnum()):
            raise InvalidContact("card")
        phones = sa.select(personal.c.customer_id).where(
            personal.c.phone_last_token == self._token("phone_last", ending)
        )
        cards = sa.select(card.c.customer_id).where(
            card.c.last_token == self._token("card_last", ending), card.c.state == ACTIVE
        )
        found = sa.union(phones, cards).subquery()
        query = sa.select(found.c.customer_id).order_by(found.c.customer_id).limit(_FOUND_LIMIT)
        opened = [self.get(customer_id) for customer_id in self._session.connection.execute(query).scalars()]
        return tuple(one for one in opened if one is not None)

    def card_state(self, text: str) -> str | None:
        """`active`, `blocked`, or None for an unknown card."""
        query = sa.select(card.c.state).where(card.c.code_token == self._token("card", normal_card(text)))
        return self._session.connection.execute(query).scalar_one_or_none()

    def consent(self, customer_id: str) -> Consent:
        """StoreRefused when there is no such customer."""
        row = self._session.connection.execute(sa.select(customer).where(customer.c.id == customer_id)).one_or_none()
        if row is None:
            raise StoreRefused(f"no customer {customer_id}")
        return Consent(bool(row.consent), row.consent_at or "", bool(row.advertising), row.advertising_at or "")

    def answers(self, customer_id: str) -> dict[str, Any]:
        """Questionnaire answers, {} when there are none."""
        query = sa.select(personal.c.answers_sealed).where(personal.c.customer_id == customer_id)
        sealed = self._session.connection.execute(query).scalar_one_or_none()
        text = self._open(sealed, customer_id, "answers")
        return dict(json.loads(text)) if text else {}

    def _holder(self, kind: str, value: str) -> Customer | None:
        return self._one(_BY[kind], self._token(kind, value))

    def _one(self, ready: Ready, token: bytes | None) -> Customer | None:
        row = self._session.row(ready, token=token)
        return None if row is None else self.get(row.customer_id)

    def _first_card(self, customer_id: str) -> str:
        row = self._session.row(_CARDS, who=customer_id)
        if row is None:
            return ""
        return self._session.vault.open_text(row.code_sealed, card.name, row.code_token.hex(), "code")

    def _open(self, sealed: bytes | None, customer_id: str, column: str) -> str:
        return self._session.vault.open_text(sealed, personal.name, customer_id, column)

    def _token(self, kind: str, value: str) -> bytes | None:
        return self._session.vault.token(kind, value)


class Customers(CustomersView):
    """Writes."""

    def add(
        self,
        new: Customer,
        *,
        processing: bool,
        advertising: bool = False,
        answers: Mapping[str, Any] | None = None,
    ) -> Customer:
        """Store a customer whose id was chosen before; returns it with contacts in their normal form.

        AlreadyTaken when the id, phone, e-mail or card is another's; InvalidContact when one is not written as such.
        """
        if self.get(new.id) is not None:
            raise AlreadyTaken("id")
        row = {"id": new.id, "created_at": self._session.stamp(), "consent": 0, "advertising": 0}
        self._session.connection.execute(customer.insert().values(row))
        self._session.connection.execute(personal.insert().values(customer_id=new.id))
        self.set_consent(new.id, processing=processing, advertising=advertising)
        self.change(new)
        if answers:
            self.set_answers(new.id, answers)
        if new.card:
            self.add_card(new.id, new.card)
        return self._need(new.id)

    def change(self, changed: Customer) -> None:
        """Write name, phone and e-mail ("" removes). Cards are not touched. Errors as `add`."""
        phone = normal_phone(changed.phone) if changed.phone else ""
        email = normal_email(changed.email) if changed.email else ""
        self._refuse_taken("phone", phone, changed.id)
        self._refuse_taken("email", email, changed.id)
        seal = self._session.vault.seal_text
        values = {
            "name_sealed": seal(changed.name.strip(), personal.name, changed.id, "name"),
            "phone_sealed": seal(phone, personal.name, changed.id, "phone"),
            "email_sealed": seal(email, personal.name, changed.id, "email"),
            "phone_token": self._token("phone", phone),
            "phone_last_token": self._token("phone_last", last_four(phone)),
            "email_token": self._token("email", email),
        }
        self._write_personal(changed.id, values)

    def set_answers(self, customer_id: str, answers: Mapping[str, Any]) -> None:
        """Replace the questionnaire answers (JSON values)."""
        sealed = self._session.vault.seal_text(canonical_json(answers), personal.name, customer_id, "answers")
        self._write_personal(customer_id, {"answers_sealed": sealed})

    def set_consent(self, customer_id: str, *, processing: bool, advertising: bool) -> None:
        """Flags with the moment they were last given; a moment stays when its consent is withdrawn."""
        values: dict[str, Any] = {"consent": int(processing), "advertising": int(advertising)}
        if processing:
            values["consent_at"] = self._session.stamp()
        if advertising:
            values["advertising_at"] = self._session.stamp()
        self._session.connection.execute(customer.update().where(customer.c.id == customer_id).values(values))

    def add_card(self, customer_id: str, code: str) -> str:
        """Give the customer one more card; returns its normal form. AlreadyTaken when somebody has it."""
        normal = normal_card(code)
        if self.card_state(normal) is not None:
            raise AlreadyTaken("card")
        token = self._token("card", normal) or b""
        row = {
            "code_token": token,
            "customer_id": customer_id,
            "code_sealed": self._session.vault.seal_text(normal, card.name, token.hex(), "code"),
            "last_token": self._token("card_last", last_four(normal)),
            "state": ACTIVE,
            "added_at": self._session.stamp(),
        }
        self._session.connection.execute(card.insert().values(row))
        return normal

    def set_card_blocked(self, code: str, blocked: bool) -> bool:
        """Block or unblock a card; False when it is unknown."""
        found = card.update().where(card.c.code_token == self._token("card", normal_card(code)))
        changed = self._session.connection.execute(found.values(state=BLOCKED if blocked else ACTIVE))
        return changed.rowcount == 1

    def forget(self, customer_id: str) -> None:
        """Withdrawal: personal data and cards go, the id and the ledger stay (152-FZ)."""
        self.set_consent(customer_id, processing=False, advertising=False)
        self._session.connection.execute(card.delete().where(card.c.customer_id == customer_id))
        self._session.connection.execute(personal.delete().where(personal.c.customer_id == customer_id))

    def _refuse_taken(self, kind: str, value: str, customer_id: str) -> None:
        holder = self._holder(kind, value) if value else None
        if holder is not None and holder.id != customer_id:
            raise AlreadyTaken(kind)

    def _write_personal(self, customer_id: str, values: Mapping[str, Any]) -> None:
        found = personal.update().where(personal.c.customer_id == customer_id)
        if self._session.connection.execute(found.values(dict(values))).rowcount != 1:
            raise StoreRefused(f"no personal data of customer {customer_id}")

    def _need(self, customer_id: str) -> Customer:
        found = self.get(customer_id)
        if found is None:
            raise StoreRefused(f"no customer {customer_id}")
        return found
