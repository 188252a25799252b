"""Opens a GGUF file with llama-cpp-python, and says in one sentence why one cannot be opened."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from probes.errors import INSTALL, EngineMissing, ModelUnreadable
from probes.files import open_regular

CONTEXT_STEP = 256
"""Contexts are multiples of this."""


def llama_cpp_module() -> Any:
    """The package ``llama_cpp``.

    Raises:
        EngineMissing: it is not installed.

    """
    try:
        return importlib.import_module("llama_cpp")
    except ImportError as error:
        raise EngineMissing("running a local model needs llama-cpp-python", hint=INSTALL) from error


def open_llama(path: Path, **settings: Any) -> Any:
    """A ``llama_cpp.Llama`` of a file that can write text; ``settings`` are its keyword arguments.

    Raises:
        EngineMissing: llama-cpp-python is not installed.
        ModelUnreadable: the file is missing, no GGUF, truncated, refused by llama.cpp, or makes embeddings only.

    """
    llama_cpp = llama_cpp_module()
    try:
        with open_regular(path) as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelUnreadable(f"the model {path} cannot be read: {error.strerror}") from error
    if magic != b"GGUF":
        raise ModelUnreadable(f"{path} is no GGUF model", hint="give the path of a .gguf file")
    settings = {"verbose": False, **settings}
    if settings.get("n_ctx", 0) > 0:
        # llama.cpp rounds up by itself, and then llama-cpp-python's own arrays are shorter than the context.
        settings["n_ctx"] = -(-settings["n_ctx"] // CONTEXT_STEP) * CONTEXT_STEP
    try:
        llama = llama_cpp.Llama(str(path), **settings)
    except (ValueError, RuntimeError, AssertionError, OSError) as error:
        raise ModelUnreadable(
            f"llama.cpp cannot load {path}: {error}", hint="the file may be truncated, or too new for this llama.cpp"
        ) from error
    if _only_embeds(llama):
        llama.close()
        raise ModelUnreadable(
            f"{path} is an embedding model: it writes no text", hint="give a model that generates text"
        )
    return llama


def _only_embeds(llama: Any) -> bool:
    architecture = llama.metadata.get("general.architecture", "")
    return llama.metadata.get(f"{architecture}.attention.causal") == "false" or "bert" in architecture
