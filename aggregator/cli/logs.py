"""Set up the log: events with facts, on stderr, in the form an operator asked for."""

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aggregator
from aggregator.cli import Invocation
from aggregator.events import log

if TYPE_CHECKING:
    from structlog.typing import Processor


def set_up(invocation: Invocation) -> None:
    """Say how events are told in this process.

    `auto` is text on a terminal and logfmt elsewhere. Tracebacks are kept for the
    debug level: below it a person sees the sentence only.
    """
    form = invocation.log_format
    if form == "auto":
        form = "text" if sys.stderr.isatty() else "logfmt"
    coloured = _wants_colours(invocation.environ)
    level = logging.getLevelNamesMapping()[invocation.log_level.upper()]
    log.tell_from(level, partial(_configure, form, level, coloured=coloured))
    # Libraries log through the standard library: what they have to say to an operator
    # is a warning, and never a request line with a query in it.
    logging.basicConfig(level=logging.ERROR, handlers=[Libraries()])


class Libraries(logging.Handler):
    """Tells what libraries log as an event of ours: in its form, in one line."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell it, with the error that it is about and where in our code that passed."""
        reason = record.getMessage().strip()
        facts: dict[str, object] = {}
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            reason = f"{reason}: {type(error).__name__}: {error}"
            facts = {"at": _place(error), "exc_info": record.exc_info}
        log.error("a library failed", library=record.name, reason=reason, **facts)


def _place(error: BaseException) -> str | None:
    """Return the file and line of ours that an error came by last, None for none."""
    ours = Path(aggregator.__file__).parent
    frames = traceback.extract_tb(error.__traceback__)
    places = [
        f"{Path(frame.filename).relative_to(ours)}:{frame.lineno}"
        for frame in frames
        if Path(frame.filename).is_relative_to(ours)
    ]
    return places[-1] if places else None


def _wants_colours(environ: Mapping[str, str]) -> bool:
    """Whether stderr shows colours and nobody asked for none (https://no-color.org)."""
    return (
        sys.stderr.isatty()
        and not environ.get("NO_COLOR")
        and environ.get("TERM") != "dumb"
    )


def _configure(form: str, level: int, *, coloured: bool) -> None:
    import structlog

    renderers: dict[str, Processor] = {
        "text": structlog.dev.ConsoleRenderer(colors=coloured),
        "logfmt": structlog.processors.LogfmtRenderer(
            key_order=["timestamp", "level", "event"], bool_as_flag=False
        ),
        "json": structlog.processors.JSONRenderer(ensure_ascii=False),
    }
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info
            if level <= logging.DEBUG
            else _without_traceback,
            renderers[form],
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _without_traceback(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    event.pop("exc_info", None)
    return event
