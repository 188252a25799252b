"""A forward pass in numpy that shares nothing with llama.cpp: what the captured values are compared with.

Written from the papers of the architectures. Computes in double precision; weights are read with the ``gguf`` package.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

EPSILON = 1e-5


@dataclass
class Pass:
    """What one pass over a text computed."""

    z: np.ndarray
    """Activations ``[layer, token, neuron]``."""
    h: np.ndarray
    """Outputs of the down projections ``[layer, token, width]``."""
    logits: np.ndarray


@dataclass
class Model:
    """The weights of one file."""

    path: Path
    heads: int = 4
    kv_heads: int = 2
    head: int = 8
    tensors: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self):
        from gguf import GGUFReader, dequantize

        reader = GGUFReader(self.path)
        self.architecture = reader.get_field("general.architecture").contents()
        self.layers = int(reader.get_field(f"{self.architecture}.block_count").contents())
        self.tensors = {t.name: dequantize(t.data, t.tensor_type).astype(np.float64) for t in reader.tensors}

    def linear(self, x, name):
        return x @ self.tensors[f"{name}.weight"].T + self.tensors.get(f"{name}.bias", 0.0)

    def norm(self, x, name):
        weight = self.tensors[f"{name}.weight"]
        if self.architecture == "starcoder2":
            x = x - x.mean(-1, keepdims=True)
        scaled = x / np.sqrt((x * x).mean(-1, keepdims=True) + EPSILON)
        return scaled * weight + self.tensors.get(f"{name}.bias", 0.0)

    def maybe_norm(self, x, name):
        return self.norm(x, name) if f"{name}.weight" in self.tensors else x

    def rotate(self, x):
        """Rotary positions; llama turns neighbouring pairs, the others pair the halves."""
        tokens, _, size = x.shape
        angle = np.arange(tokens)[:, None] * 10000.0 ** (-np.arange(0, size, 2) / size)
        cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
        out = np.empty_like(x)
        pairs = (slice(0, None, 2), slice(1, None, 2))
        if self.architecture != "llama":
            pairs = (slice(0, size // 2), slice(size // 2, None))
        one, two = x[..., pairs[0]], x[..., pairs[1]]
        out[..., pairs[0]], out[..., pairs[1]] = one * cos - two * sin, one * sin + two * cos
        return out

    def attention(self, x, block):
        tokens = len(x)
        widths = [self.heads * self.head, self.kv_heads * self.head, self.kv_heads * self.head]
        if self.architecture == "phi3":
            q, k, v = np.split(self.linear(x, f"{block}.attn_qkv"), np.cumsum(widths)[:2], axis=1)
        else:
            q, k, v = (self.linear(x, f"{block}.attn_{name}") for name in "qkv")
        q, k, v = (part.reshape(tokens, -1, self.head) for part in (q, k, v))
        q = self.rotate(self.maybe_norm(q, f"{block}.attn_q_norm"))
        k = self.rotate(self.maybe_norm(k, f"{block}.attn_k_norm"))
        k, v = (np.repeat(part, self.heads // self.kv_heads, axis=1) for part in (k, v))
        scores = np.einsum("ihd,jhd->hij", q, k) / np.sqrt(self.head)
        scores += np.triu(np.full((tokens, tokens), -np.inf), 1)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        mixed = np.einsum("hij,jhd->ihd", weights, v).reshape(tokens, -1)
        return self.linear(mixed, f"{block}.attn_output")

    def neurons(self, x, block):
        up = self.linear(x, f"{block}.ffn_up")
        if self.architecture == "phi3":
            gate, up = np.split(up, 2, axis=1)
            return silu(gate) * up
        if self.architecture == "starcoder2":
            return gelu(up)
        gate = self.linear(x, f"{block}.ffn_gate")
        return (gelu(gate) if self.architecture == "gemma3" else silu(gate)) * up

    def run(self, tokens, factors=None):
        """All of a text at once; ``factors`` scales neurons by ``{(layer, neuron): factor}``."""
        x = self.tensors["token_embd.weight"][tokens]
        if self.architecture == "gemma3":
            x = x * np.sqrt(x.shape[1])
        seen_z, seen_h = [], []
        for layer in range(self.layers):
            block = f"blk.{layer}"
            attended = self.attention(self.norm(x, f"{block}.attn_norm"), block)
            x = x + self.maybe_norm(attended, f"{block}.post_attention_norm")
            z = self.neurons(self.norm(x, f"{block}.ffn_norm"), block)
            for (where, neuron), factor in (factors or {}).items():
                if where == layer:
                    z[:, neuron] *= factor
            h = z @ self.tensors[f"{block}.ffn_down.weight"].T
            out = h + self.tensors.get(f"{block}.ffn_down.bias", 0.0)
            x = x + self.maybe_norm(out, f"{block}.post_ffw_norm")
            seen_z.append(z)
            seen_h.append(h)
        logits = self.norm(x, "output_norm") @ self.tensors["output.weight"].T
        return Pass(np.array(seen_z), np.array(seen_h), logits)


def silu(x):
    return x / (1 + np.exp(-x))


def gelu(x):
    """The tanh form, looked up in half precision as ggml does on CPUs."""
    x = x.astype(np.float16).astype(np.float64)
    y = 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    return y.astype(np.float16).astype(np.float64)
