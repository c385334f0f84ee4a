"""What a call comes to, for the programs beside this file: its value, or the error it raises."""


def outcome(call, *arguments, **options):
    """The value, or the name and the words of the error."""
    try:
        return call(*arguments, **options)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
