"""The body of `POST requests`: a uuid and what is to be done. Source: task reference, section 2.1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pos_agent.api.atol_tasks import numbers
from pos_agent.api.atol_tasks.faults import WEB, TaskError, fault
from pos_agent.api.atol_tasks.fields import CONTROL
from pos_agent.api.atol_tasks.words import FISCAL
from pos_agent.model.strict_json import TwinKeyError
from pos_agent.rules.problems import plain

UUID_LIMIT = 200  # characters: any text is a uuid, clients send eight letters
TASK_LIMIT = 100


@dataclass(frozen=True)
class Envelope:
    """`body` is the text as it came: what is kept, and parsed again when the request runs."""

    uuid: str
    tasks: tuple[dict[str, Any], ...]
    body: str


def envelope(body: bytes, lang: str) -> Envelope:
    """TaskError 505 (answered with 400): no JSON, unreadable, no uuid, no tasks, more than one fiscal
    task."""
    try:
        text = body.decode("utf-8-sig")
        given = numbers.read(text)
    except TwinKeyError as error:
        raise _refused("twice", lang, name=plain(error.key)) from None
    except numbers.UnreadableError as error:
        raise _refused("unreadable", lang, path=plain(error.path)) from None
    except ValueError:
        raise _refused("no_json", lang) from None
    if not isinstance(given, dict):
        raise _refused("no_json", lang)
    uuid = given.get("uuid")
    if not isinstance(uuid, str) or not 0 < len(uuid) <= UUID_LIMIT or CONTROL.search(uuid):
        raise _refused("no_uuid", lang, limit=UUID_LIMIT)
    tasks = given.get("request")
    listed = [tasks] if isinstance(tasks, dict) else tasks
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) and one for one in listed):
        raise _refused("no_request", lang)
    if len(listed) > TASK_LIMIT:
        raise _refused("too_many", lang, limit=TASK_LIMIT)
    if sum(str(one.get("type")) in FISCAL for one in listed) > 1:
        raise _refused("several_fiscal", lang)
    return Envelope(uuid, tuple(listed), text)


def _refused(key: str, lang: str, **words: object) -> TaskError:
    return fault(WEB, key, lang, **words)
