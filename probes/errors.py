"""Errors of ``probes``: a code to look up, one sentence, and what to type.

ProbesError
 ├─ EngineMissing        llama-cpp-python is not installed
 ├─ ModelUnreadable      the file is no GGUF model that llama.cpp can run
 ├─ ContextOverflow      the prompt does not fit into the model's context
 ├─ EmptyPrompt          there is no token to begin with
 ├─ LayoutMismatch       this llama.cpp keeps tensors in another way than we read them
 ├─ CaptureFailed        activations could not be read
 ├─ QuestionsUnreadable  a file of questions is not what it should be
 ├─ FeaturesUnreadable   a folder of features is damaged, or another one's
 ├─ NoChatTemplate       the model does not say how a question is put to it
 ├─ ProbeUnreadable      the file is no probe, or a damaged one
 └─ ProbeMismatch        the probe is for another model
"""

from __future__ import annotations

INSTALL = "pip install '.[probes]'"
"""What installs the local engine from a checkout."""


class ProbesError(Exception):
    """Base of all errors that a user can cause; ``str()`` of it is one sentence."""

    code = "probes-error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the sentence and the hint (a command to type, or what to change)."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class EngineMissing(ProbesError):
    """The package that runs GGUF models is not installed."""

    code = "engine-missing"


class ModelUnreadable(ProbesError):
    """The model file is missing, damaged, or of a kind that cannot generate text."""

    code = "model-unreadable"


class ContextOverflow(ProbesError, ValueError):
    """The prompt leaves no room in the model's context; a ``ValueError`` too, because ``llama_cpp.Llama`` raises that."""

    code = "context-overflow"


class EmptyPrompt(ProbesError):
    """There is no token to begin with."""

    code = "empty-prompt"


class LayoutMismatch(ProbesError):
    """The loaded llama.cpp keeps its tensors in another way than this version can read."""

    code = "layout-mismatch"


class CaptureFailed(ProbesError):
    """Activations could not be read; raised after the decode, never from inside it."""

    code = "capture-failed"


class QuestionsUnreadable(ProbesError):
    """A file of questions is missing, empty, or lacks what a question needs."""

    code = "questions-unreadable"


class FeaturesUnreadable(ProbesError):
    """A folder of features is missing, damaged, or was made with another model or in another way."""

    code = "features-unreadable"


class NoChatTemplate(ProbesError):
    """The model has no chat template, so it is unknown how a question is put to it."""

    code = "no-chat-template"


class ProbeUnreadable(ProbesError):
    """The file is no probe, damaged, too large, or contradicts itself."""

    code = "probe-unreadable"


class ProbeMismatch(ProbesError):
    """The probe was trained on another model, quantisation or chat template."""

    code = "probe-mismatch"
