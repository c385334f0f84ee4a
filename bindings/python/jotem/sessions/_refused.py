"""What a callback that supplies claims raises to refuse."""


class Refused(Exception):
    """Raised by ``claims_for``: the subject may not go on, such as a user who was disabled.

    The call then raises ``SessionRefused`` with the code ``session_refused``, and the client is told
    to log in again. The refresh token is not used up. Any other exception means that the claims could
    not be had now: ``Unavailable``, and the client is told to try again.

    Example:
        >>> def claims_for(subject, grant):
        ...     raise Refused("the account is disabled")
        >>> with Sessions(secret, claims_for=claims_for) as own:
        ...     own.start("mallory")
        Traceback (most recent call last):
            ...
        jotem.errors.SessionRefused: the application refuses: the account is disabled
    """
