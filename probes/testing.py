"""Tiny random models for tests: seconds to make, a few hundred kilobytes, and loaded by llama.cpp like any other.

For us and for whoever writes a plug-in over ``probes``. The weights are random, so the text that they write means
nothing; what is computed on the way is what tests compare.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""A chat template for tiny models."""

SPECIAL = ("<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>", "<|endoftext|>")
PIECES = ("▁", "a", "e", "t", "▁a", "▁the", "he", "in", "▁in", "er", "an", "re", "on", "at", "or", "es", "is", "it")


class Family(StrEnum):
    """Architectures that a tiny model can have."""

    LLAMA = "llama"
    """Also mistral, whose files say llama."""
    QWEN2 = "qwen2"
    """Biases on queries, keys and values."""
    QWEN3 = "qwen3"
    """Norms on queries and keys."""
    GEMMA3 = "gemma3"
    """GELU gate, norms behind attention and feed-forward, sliding windows."""
    PHI3 = "phi3"
    """One matrix for gate and up, one for queries, keys and values."""
    STARCODER2 = "starcoder2"
    """No gate, and a bias on the down projection."""
    MIXTURE = "mixture"
    """A mixture of experts of the llama architecture."""


@dataclass(frozen=True, slots=True)
class TinyShape:
    """How large a tiny model is."""

    layers: int = 3
    width: int = 32
    """Length of the residual stream."""
    neurons: int = 48
    """Feed-forward neurons of a layer."""
    heads: int = 4
    kv_heads: int = 2
    context: int = 512
    experts: int = 4
    """Experts of a layer of a mixture, two of which are used."""

    @property
    def head(self) -> int:
        """Length of one head."""
        return self.width // self.heads


@dataclass(slots=True)
class _Maker:
    """Draws weights and hands them to the writer of the ``gguf`` package."""

    writer: Any
    random: np.random.Generator
    quantisation: Any

    def matrix(self, name: str, rows: int, columns: int, *more: int, silent: Sequence[int] = ()) -> None:
        """A weight of ``rows`` outputs, ``silent`` ones being 0, and ``columns`` inputs; ``more`` stands in front (experts)."""
        gguf = importlib.import_module("gguf")
        values = self.random.normal(0, columns**-0.5, (*more, rows, columns)).astype(np.float32)
        values[list(silent)] = 0
        kind = self.quantisation if "ffn_down" in name else gguf.GGMLQuantizationType.F32
        self.writer.add_tensor(f"{name}.weight", gguf.quants.quantize(values, kind), raw_dtype=kind)

    def bias(self, name: str, length: int) -> None:
        """A bias far enough from 0 to be missed where it is forgotten."""
        self.writer.add_tensor(f"{name}.bias", self._vector(length, around=0.0))

    def norm(self, name: str, length: int) -> None:
        """Weights of a norm."""
        self.writer.add_tensor(f"{name}.weight", self._vector(length, around=1.0))

    def _vector(self, length: int, around: float) -> npt.NDArray[np.float32]:
        return self.random.normal(around, 0.2, length).astype(np.float32)


def write_tiny_model(
    path: Path,
    family: Family = Family.LLAMA,
    *,
    shape: TinyShape | None = None,
    seed: int = 0,
    chat_template: str = "",
    quantisation: str = "F32",
    causal: bool = True,
) -> Path:
    """Write a random model of a family to ``path`` and return the path; the same arguments give the same bytes.

    ``quantisation`` names the type of the down projections (``F32``, ``F16``, ``Q8_0``, ...); the rest is F32.
    A model that is not ``causal`` makes embeddings only. Needs the ``gguf`` package.
    """
    gguf = importlib.import_module("gguf")
    size = shape or TinyShape()
    architecture = "llama" if family is Family.MIXTURE else family.value
    writer = gguf.GGUFWriter(str(path), architecture)
    _describe(writer, family, size)
    writer.add_causal_attention(causal)
    _add_vocabulary(writer, chat_template)
    maker = _Maker(writer, np.random.default_rng(seed), gguf.GGMLQuantizationType[quantisation])
    words = _vocabulary()
    maker.matrix("token_embd", len(words), size.width)
    maker.matrix(
        "output", len(words), size.width, silent=[i for i, (text, _, _) in enumerate(words) if not _prints(text)]
    )
    maker.norm("output_norm", size.width)
    for layer in range(size.layers):
        _add_attention(maker, family, size, f"blk.{layer}")
        _add_feed_forward(maker, family, size, f"blk.{layer}")
    if family is Family.STARCODER2:
        maker.bias("output_norm", size.width)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _describe(writer: Any, family: Family, size: TinyShape) -> None:
    writer.add_name(f"tiny {family.value}")
    writer.add_context_length(size.context)
    writer.add_embedding_length(size.width)
    writer.add_block_count(size.layers)
    writer.add_feed_forward_length(size.neurons)
    writer.add_head_count(size.heads)
    writer.add_head_count_kv(size.kv_heads)
    writer.add_key_length(size.head)
    writer.add_value_length(size.head)
    writer.add_rope_dimension_count(size.head)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(0)
    if family is Family.STARCODER2:
        writer.add_layer_norm_eps(1e-5)
    if family in {Family.GEMMA3, Family.PHI3}:
        writer.add_sliding_window(size.context)
    if family is Family.MIXTURE:
        writer.add_expert_count(size.experts)
        writer.add_expert_used_count(2)


def _vocabulary() -> list[tuple[str, float, int]]:
    """Every token with its score and its kind (2 unknown, 3 control, 6 byte, 1 normal)."""
    special = [(text, 0.0, 2 if text == "<unk>" else 3) for text in SPECIAL]
    letters = [(f"<0x{byte:02X}>", 0.0, 6) for byte in range(256)]
    return special + letters + [(piece, float(-rank), 1) for rank, piece in enumerate(PIECES)]


def _prints(token: str) -> bool:
    """Whether a token is a letter or a piece of a word: those are likely, so that the model writes readable text."""
    return not token.startswith("<") or (token.startswith("<0x") and 0x20 <= int(token[3:5], 16) < 0x7F)


def _add_vocabulary(writer: Any, chat_template: str) -> None:
    tokens = _vocabulary()
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text for text, _, _ in tokens])
    writer.add_token_scores([score for _, score, _ in tokens])
    writer.add_token_types([kind for _, _, kind in tokens])
    writer.add_bos_token_id(SPECIAL.index("<s>"))
    writer.add_eos_token_id(SPECIAL.index("</s>"))
    writer.add_unk_token_id(SPECIAL.index("<unk>"))
    writer.add_add_bos_token(True)
    if chat_template:
        writer.add_chat_template(chat_template)


def _add_attention(maker: _Maker, family: Family, size: TinyShape, block: str) -> None:
    outputs = {
        "attn_q": size.heads * size.head,
        "attn_k": size.kv_heads * size.head,
        "attn_v": size.kv_heads * size.head,
    }
    maker.norm(f"{block}.attn_norm", size.width)
    if family is Family.PHI3:
        maker.matrix(f"{block}.attn_qkv", sum(outputs.values()), size.width)
    else:
        for name, length in outputs.items():
            maker.matrix(f"{block}.{name}", length, size.width)
    maker.matrix(f"{block}.attn_output", size.width, size.heads * size.head)
    if family in {Family.QWEN2, Family.STARCODER2}:
        for name, length in outputs.items():
            maker.bias(f"{block}.{name}", length)
    if family in {Family.QWEN3, Family.GEMMA3}:
        maker.norm(f"{block}.attn_q_norm", size.head)
        maker.norm(f"{block}.attn_k_norm", size.head)
    if family is Family.GEMMA3:
        maker.norm(f"{block}.post_attention_norm", size.width)
    if family is Family.STARCODER2:
        maker.bias(f"{block}.attn_norm", size.width)
        maker.bias(f"{block}.attn_output", size.width)


def _add_feed_forward(maker: _Maker, family: Family, size: TinyShape, block: str) -> None:
    maker.norm(f"{block}.ffn_norm", size.width)
    if family is Family.MIXTURE:
        maker.matrix(f"{block}.ffn_gate_inp", size.experts, size.width)
        maker.matrix(f"{block}.ffn_gate_exps", size.neurons, size.width, size.experts)
        maker.matrix(f"{block}.ffn_up_exps", size.neurons, size.width, size.experts)
        maker.matrix(f"{block}.ffn_down_exps", size.width, size.neurons, size.experts)
        return
    maker.matrix(f"{block}.ffn_up", size.neurons * (2 if family is Family.PHI3 else 1), size.width)
    maker.matrix(f"{block}.ffn_down", size.width, size.neurons)
    if family not in {Family.PHI3, Family.STARCODER2}:
        maker.matrix(f"{block}.ffn_gate", size.neurons, size.width)
    if family is Family.GEMMA3:
        maker.norm(f"{block}.post_ffw_norm", size.width)
    if family is Family.STARCODER2:
        maker.bias(f"{block}.ffn_norm", size.width)
        maker.bias(f"{block}.ffn_up", size.neurons)
        maker.bias(f"{block}.ffn_down", size.width)
