"""The one error of the local stack that is meant for a developer's eyes."""


class CannotStartError(RuntimeError):
    """Something on this machine stands in the way; the message is a whole sentence that says what to do.

    Raised with no traceback worth reading: `python -m src run` prints the message and ends with status 1.
    """
