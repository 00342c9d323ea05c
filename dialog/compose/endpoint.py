"""An OpenAI-compatible endpoint, asked with the standard library: chat completions, as a stream of events."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any, Final

from replydesk.data.errors import ModelError

__all__ = ["LONGEST", "Endpoint"]

LONGEST: Final = 4000
"""The characters of a draft that are read; a longer one is refused."""

_TOKENS: Final = 400
_HINT = "Look at the settings dialog.generator, generator_model and generator_key, and whether the service is up."


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to another host."""

    def redirect_request(self, *_args: Any, **_words: Any) -> None:
        return None


class Endpoint:
    """Writes with a model that is served at ``url``, such as ``http://127.0.0.1:8080/v1``.

    The key goes into the ``Authorization`` header of this URL alone. ``seconds`` bound the whole draft.

    >>> Endpoint("http://127.0.0.1:8080/v1", model="small").url
    'http://127.0.0.1:8080/v1/chat/completions'
    """

    def __init__(self, url: str, *, model: str = "", key: str = "", seconds: float = 10) -> None:
        self.url = f"{url.rstrip('/')}/chat/completions"
        self._model, self._key, self._seconds = model, key, seconds
        self._opener = urllib.request.build_opener(_NoRedirect)

    def __call__(self, instructions: str, request: str) -> Iterator[str]:
        """Yield the draft piece by piece.

        Raises :class:`ModelError` where the endpoint cannot be reached, refuses, says what is no event, or takes longer
        than it may.
        """
        until = time.monotonic() + self._seconds
        body = {
            "model": self._model,
            "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": request}],
            "temperature": 0,
            "max_tokens": _TOKENS,
            "stream": True,
        }
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        asked = urllib.request.Request(self.url, json.dumps(body).encode(), headers)
        length = 0
        try:
            with self._opener.open(asked, timeout=self._seconds) as answer:
                for line in answer:
                    if time.monotonic() > until:
                        raise self._error(f"took longer than {self._seconds:g} seconds")
                    piece = _piece(line)
                    if piece is None:
                        return
                    length += len(piece)
                    if length > LONGEST:
                        raise self._error(f"wrote more than {LONGEST} characters")
                    if piece:
                        yield piece
        except urllib.error.HTTPError as error:
            with error:
                raise self._error(f"answered {error.code}") from None
        except TimeoutError:
            raise self._error(f"took longer than {self._seconds:g} seconds") from None
        except OSError as error:
            raise self._error(f"cannot be reached: {error}") from None
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            raise self._error("said something that is no chat completion") from None

    def _error(self, what: str) -> ModelError:
        return ModelError(f"The generator {what}.", where=self.url, hint=_HINT)


def _piece(line: bytes) -> str | None:
    """Return the text of one line of a stream, empty for other lines, None for the last one."""
    told = line.decode("utf-8").strip()
    if not told.startswith("data:"):
        return ""
    told = told.removeprefix("data:").strip()
    if told == "[DONE]":
        return None
    choices = json.loads(told)["choices"]
    return str(choices[0].get("delta", {}).get("content") or "") if choices else ""
