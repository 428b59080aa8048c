"""What the code may catch."""


class InvalidInputNameException(Exception):
    """There is no wire at an input of this name."""


class InvalidOutputNameException(Exception):
    """There is no output of this name."""


class InvalidParameterNameException(Exception):
    """There is no parameter of this name."""
