"""What became of the receipt of a command, as the desk's own records tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pos_agent.api.kkmserver.answers import FAILED, RUNNING, sentence
from pos_agent.api.kkmserver.jobs import Job, PendingError
from pos_agent.api.kkmserver.sale import sale_of
from pos_agent.api.till_book import ENDED_BY_RETURN, NEEDS_OPERATOR, UNFINISHED, fate
from pos_agent.api.till_parts import MadePart, made_parts, unfinished
from pos_agent.errors import AgentError, PrinterError, UsageError
from pos_agent.logs import logger

FRESH = timedelta(minutes=10)  # so long a sale of which some parts are made goes on whenever anybody asks for it


@dataclass(frozen=True)
class Standing:
    """`word` of `till_book`; `made`: registered receipts. Of one that is unfinished `problem` is SAL-06, `fresh`: it
    was begun a short while ago."""

    word: str
    made: tuple[MadePart, ...] = ()
    problem: AgentError | None = None
    fresh: bool = False


async def standing(job: Job) -> Standing:
    """Now. PendingError: the database does not tell, so that nobody may say that the receipt is not made."""
    try:
        return await job.in_thread(lambda: _look(job))
    except AgentError as error:
        raise unread(job, error) from error


def unread(job: Job, error: AgentError) -> PendingError:
    """To be raised when the agent's own records cannot be read, or not all of them, now: asked again later."""
    logger("kkmserver").warning("records of a receipt not read", code=error.code)
    return PendingError(sentence(PrinterError("SAL-01"), job.parts.config.agent.language, unknown=True))


def pending(job: Job, now: Standing, error: AgentError | None = None) -> AgentError | PendingError:
    """To be raised for a receipt that is neither registered nor surely absent; `error`: what the desk said of it.

    The agent finds out by itself, or a person has to: never a word that a till would take for a reason to repeat.
    """
    if now.word == ENDED_BY_RETURN:
        return UsageError("SAL-07")
    language, running = job.parts.config.agent.language, RUNNING
    told: AgentError = PrinterError("SAL-02" if now.word == NEEDS_OPERATOR else "SAL-01")
    if now.word == UNFINISHED:
        told = error if error is not None and error.code == "SAL-06" else now.problem or told
        running = RUNNING if now.fresh else FAILED
    return PendingError(sentence(told, language, unknown=True), FAILED if now.word == NEEDS_OPERATOR else running)


def _look(job: Job) -> Standing:
    name = sale_of(job)
    with job.parts.views.reading() as view:
        word, made = fate(view, name).word, made_parts(view, name)
        if word != UNFINISHED:
            return Standing(word, made)
        split = view.splits.get(name)
        assert split is not None, "only a sale in parts is unfinished"
        age = job.parts.clock.now() - datetime.fromisoformat(split.created_at)
        return Standing(word, made, unfinished(view, name), age <= FRESH)
