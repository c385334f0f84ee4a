"""Events as lines of a log, and as counters: ready-made callables for ``on_event``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging
    from collections.abc import Callable

    from prometheus_client import CollectorRegistry

    from .._jotem import SessionEvent


def logging_events(logger: logging.Logger | None = None) -> Callable[[SessionEvent], None]:
    """Returns an ``on_event`` that writes to a logger: alarms as warnings, everything else as info.

    The parts of an event are attributes of the log record too, for a formatter that writes JSON:
    ``event``, ``subject``, ``tenant``, ``client``, ``session``, ``token_id``, ``key_id``, ``address``
    and ``reason``.

    Args:
        logger: The logger; ``jotem.sessions`` if not given.

    Example:
        >>> import logging, sys
        >>> from jotem.sessions import logging_events
        >>> logger = logging.getLogger("sessions")
        >>> logger.setLevel("INFO")
        >>> logger.addHandler(logging.StreamHandler(sys.stdout))
        >>> with Sessions(secret, on_event=logging_events(logger)) as own:
        ...     own.revoke_client("a lost device")
        revoke.client client=`a lost device`
    """
    import logging

    own = logger if logger is not None else logging.getLogger("jotem.sessions")

    def log(event: SessionEvent) -> None:
        level = logging.WARNING if event.is_alarm else logging.INFO
        if own.isEnabledFor(level):
            names = ("subject", "tenant", "client", "session", "token_id", "key_id", "address")
            extra = {name: getattr(event, name) for name in (*names, "reason")}
            own.log(level, "%s", event, extra={"event": event.kind, **extra})

    return log


def prometheus_events(registry: CollectorRegistry | None = None) -> Callable[[SessionEvent], None]:
    """Returns an ``on_event`` that counts, in ``prometheus_client``, which must be installed.

    ::

        jotem_sessions_started_total                logins
        jotem_refresh_total{outcome}                rotated, replayed, repaired, behind, reuse, refused
        jotem_revocations_total{kind}               token, session, subject, client, key, displaced
        jotem_key_rotations_total                   keys that began to sign
        jotem_key_compromises_total                 keys that were removed
        jotem_store_errors_total{code}              what the store did not do
        jotem_view_stale                            1 while what is known of revocations is too old

    Make it once for a registry.

    Args:
        registry: Where the counters are registered; the default one if not given.

    Example:
        >>> from jotem.sessions import prometheus_events
        >>> from prometheus_client import CollectorRegistry, generate_latest
        >>> registry = CollectorRegistry()
        >>> with Sessions(secret, on_event=prometheus_events(registry)) as own:
        ...     _ = own.start("ada")
        >>> registry.get_sample_value("jotem_sessions_started_total")
        1.0
    """
    from prometheus_client import REGISTRY, Counter, Gauge

    own = registry if registry is not None else REGISTRY
    started = Counter("jotem_sessions_started", "Logins.", registry=own)
    refreshed = Counter(
        "jotem_refresh", "Refresh tokens that were presented.", ["outcome"], registry=own
    )
    revoked = Counter("jotem_revocations", "What was revoked.", ["kind"], registry=own)
    rotated = Counter("jotem_key_rotations", "Keys that began to sign.", registry=own)
    compromised = Counter("jotem_key_compromises", "Keys that were removed.", registry=own)
    failed = Counter("jotem_store_errors", "What the store did not do.", ["code"], registry=own)
    stale = Gauge("jotem_view_stale", "Whether what is known is too old.", registry=own)

    def count(event: SessionEvent) -> None:
        what, _, word = event.kind.partition(".")
        if what == "refresh":
            refreshed.labels(word).inc()
        elif what == "revoke" or word == "displaced":
            revoked.labels(word).inc()
        elif what == "session":
            started.inc()
        elif what == "key":
            (rotated if word == "rotate" else compromised).inc()
        elif what == "store":
            failed.labels(event.reason or "other").inc()
        else:
            stale.set(word == "stale")

    return count
