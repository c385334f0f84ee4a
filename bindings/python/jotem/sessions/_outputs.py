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
        revoke.client client="a lost device"
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

        jotem_sessions_started_total              logins
        jotem_sessions_displaced_total            sessions that ended because there were too many
        jotem_refresh_total{outcome}              rotated, replayed, repaired, behind, reuse, refused
        jotem_refresh_refused_total{reason}       the codes of those that were refused
        jotem_revocations_total{kind}             token, session, subject, client, key
        jotem_keys_rotated_total                  keys that began to sign
        jotem_keys_compromised_total              keys that were removed
        jotem_store_errors_total{code}            what the store did not do
        jotem_view_stale                          1 while what is known of revocations is too old

    No label has the name of a subject or a client. They have the names of the Rust crate's metrics, so
    the alert rules of ``docs/monitoring`` hold for those that are here; what is measured and no event,
    such as the time that a store takes, is not.

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

    def counter(name: str, words: str, *labels: str) -> Counter:
        return Counter(f"jotem_{name}", words, labels, registry=own)

    started = counter("sessions_started", "Sessions that were started: logins.")
    displaced = counter("sessions_displaced", "Sessions that ended because there were too many.")
    refreshed = counter("refresh", "Refresh tokens that were presented.", "outcome")
    refused = counter("refresh_refused", "Refresh tokens that were refused.", "reason")
    revoked = counter("revocations", "What was revoked.", "kind")
    rotated = counter("keys_rotated", "Keys that began to sign.")
    compromised = counter("keys_compromised", "Keys that were removed.")
    failed = counter("store_errors", "What the store did not do.", "code")
    stale = Gauge("jotem_view_stale", "Whether what is known is too old.", registry=own)

    def count(event: SessionEvent) -> None:
        what, _, word = event.kind.partition(".")
        if what == "refresh":
            refreshed.labels(word).inc()
            if word == "refused":
                refused.labels(event.reason or "unknown").inc()
        elif what == "revoke":
            revoked.labels(word).inc()
        elif what == "session":
            (started if word == "start" else displaced).inc()
        elif what == "key":
            (rotated if word == "rotate" else compromised).inc()
        elif what == "view":
            stale.set(word == "stale")
        elif what == "store":
            failed.labels(event.reason or "unknown").inc()

    return count
