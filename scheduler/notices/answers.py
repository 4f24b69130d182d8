"""What group robots answer: 企业微信, 钉钉, 飞书 and Lark say no with status 200; apprise sees the status.

They refuse a wrong key, a text without the keyword that the group asks for (钉钉), or too many in a minute:
https://developer.work.weixin.qq.com/document/path/91770 and the robots' pages of the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

import requests

_SAYS_NO = {
    "wecombot": ("errcode", "errmsg"),
    "dingtalk": ("errcode", "errmsg"),
    "feishu": ("code", "msg"),
    "lark": ("code", "msg"),
}
"""The key that is 0 when all is well, and the one that says why it is not."""


@contextmanager
def answers() -> Iterator[list[bytes]]:
    """The bodies of all answers that are had meanwhile. apprise hands none of them on."""
    heard: list[bytes] = []
    plain = requests.Session.send

    def listening(
        session: requests.Session, request: requests.PreparedRequest, **more: object
    ) -> requests.Response:
        response = plain(session, request, **more)
        heard.append(response.content)
        return response

    with patch.object(requests.Session, "send", listening):
        yield heard


def refusal(protocol: str, heard: Sequence[bytes]) -> str | None:
    """Why the robot took none of it, by its last answer; None when it took it, or is no such robot."""
    if protocol not in _SAYS_NO or not heard:
        return None
    code, why = _SAYS_NO[protocol]
    try:
        said = json.loads(heard[-1])
    except ValueError:
        return "the robot's answer is no JSON"
    if not isinstance(said, dict):
        return "the robot's answer is no JSON object"
    if said.get(code, 0) == 0:
        return None
    return f"the robot refused it: {code} {said[code]}: {said.get(why, '')}"
