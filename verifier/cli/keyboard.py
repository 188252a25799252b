"""Single keys from a terminal, also those typed before they were waited for."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from verifier.cli.console import say

END = "\x04"
"""The key that stands for the end of the input."""


class Keyboard:
    """Keys of this terminal, for ``verifier.review``."""

    def show(self, line: str) -> None:
        """Print one line."""
        say(line)

    def key(self) -> str:
        """Wait for one key; arrows and other keys of several characters come as one escape character."""
        try:
            if sys.platform == "win32":
                return click.getchar()
            return _key(sys.stdin.fileno())
        except (EOFError, KeyboardInterrupt):
            return END

    def line(self, prompt: str) -> str:
        """Wait for a line of text, which can be edited while it is typed."""
        try:
            with _lines():
                return input(prompt)
        except (EOFError, KeyboardInterrupt):
            return ""


@contextmanager
def keyboard() -> Iterator[Keyboard]:
    """The terminal without waiting for the end of a line; it is put back whatever happens."""
    if sys.platform == "win32":
        yield Keyboard()
        return
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor, termios.TCSADRAIN)  # what was typed already stays
    try:
        yield Keyboard()
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


@contextmanager
def _lines() -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    import termios

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    whole = list(before)
    whole[3] |= termios.ICANON | termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSADRAIN, whole)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _key(descriptor: int) -> str:
    while True:
        byte = os.read(descriptor, 1)
        if not byte:
            return END
        if byte == b"\x1b":
            while select.select([descriptor], [], [], 0.02)[0]:
                os.read(descriptor, 16)
        if byte < b"\x80":
            return byte.decode("ascii")
