"""The warnings that encoding and decoding give."""


class RemovedInPyjwt3Warning(DeprecationWarning):
    """An argument or a behaviour that PyJWT 3 will not have."""


class InsecureKeyLengthWarning(UserWarning):
    """A key is shorter than its algorithm asks for."""
