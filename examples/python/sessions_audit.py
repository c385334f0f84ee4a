"""Everything that happens to sessions: as lines of a log, alarms as warnings, and in a list.

It prints::

    INFO session.start ada
    INFO refresh.rotated ada
    WARNING refresh.reuse ada session_reuse from 203.0.113.9
    INFO revoke.subject ada
    alarms: ['refresh.reuse']
    no token in the log: True
"""

import logging
import os

from jotem.errors import SessionRefused
from jotem.sessions import SessionEvent, Sessions, logging_events


class Lines(logging.Handler):
    """Prints records, and keeps everything that they say."""

    said = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.said += record.getMessage() + str(record.__dict__)
        about = vars(record)
        line = [record.levelname, about["event"], about["subject"] or ""]
        if about["reason"]:
            line += [about["reason"], "from", about["address"]]
        print(*line)


def main() -> None:
    handler, alarms = Lines(), []
    logger = logging.getLogger("sessions")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    log = logging_events(logger)

    def on_event(event: SessionEvent) -> None:
        log(event)
        if event.is_alarm:
            alarms.append(event.kind)

    with Sessions(os.urandom(32), policy="strict", on_event=on_event) as sessions:
        pair = sessions.start("ada", address="192.0.2.1")
        next_pair = sessions.refresh(pair.refresh_token, address="192.0.2.1")
        try:
            sessions.refresh(pair.refresh_token, address="203.0.113.9")
        except SessionRefused:
            pass
        sessions.revoke_subject("ada")

    print("alarms:", alarms)
    tokens = [pair.access_token, pair.refresh_token, next_pair.refresh_token]
    print("no token in the log:", not any(token in handler.said for token in tokens))


if __name__ == "__main__":
    main()
