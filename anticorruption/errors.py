"""The one exception that a user is meant to read."""


class RefusedInput(ValueError):
    """Input that cannot be used, said in one sentence.

    The sentence names the file or table, the row, the column, the value, the rule and what to do.
    The command line prints it alone and exits with code 2.
    """
