"""The user and the project of the tests of commands."""

from tests.commands.conftest import sample, user

__all__ = ["sample", "user"]
