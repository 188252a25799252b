"""Learn the weights of ``labels.json.gz`` from labelled references: ``python -m citations.parse.train_labels FILE... -o MODEL``.

Each FILE is JSON Lines (``.gz`` or not) of ``{"id": ..., "raw": "...", "segments": [["author", "Knuth, D."], ...]}`` with the
labels of AnyStyle (https://github.com/inukshuk/anystyle, BSD-2-Clause) or GROBID (https://github.com/kermitt2/grobid,
CC-BY-4.0). The shipped model was learnt from references that these two projects labelled by hand. Training takes about
two minutes and needs python-crfsuite (extra ``dev``), which running the model does not.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from citations.parse.features import features
from citations.parse.gold import Example, examples, read_gold

_SETTINGS = {"c1": 0.05, "c2": 0.5, "max_iterations": 120, "feature.minfreq": 3, "feature.possible_transitions": True}
_SMALLEST_WEIGHT = 0.03
_NEVER_SEEN = -9.0


def train_labels(learn_from: Iterable[Example]) -> bytes:
    """The model as the bytes of a ``labels.json.gz``; the same examples in the same order give the same model."""
    pycrfsuite: Any = import_module("pycrfsuite")
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(_SETTINGS)
    for example in learn_from:
        trainer.append(features(example.texts), [label.value for label in example.labels])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.crfsuite"
        trainer.train(str(path))
        tagger = pycrfsuite.Tagger()
        tagger.open(str(path))
        learnt = tagger.info()
        tagger.close()
    labels = sorted(learnt.labels, key=lambda label: int(learnt.labels[label]))
    weights: dict[str, dict[str, float]] = {}
    for (name, label), weight in sorted(learnt.state_features.items()):
        if abs(weight) >= _SMALLEST_WEIGHT:
            weights.setdefault(name, {})[str(labels.index(label))] = round(weight, 2)
    transitions = [[round(learnt.transitions.get((a, b), _NEVER_SEEN), 2) for b in labels] for a in labels]
    stored = {"labels": labels, "transitions": transitions, "features": weights}
    return gzip.compress(json.dumps(stored, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)


def main() -> None:
    """Train on all files named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="MODEL")
    options = parser.parse_args()
    references = (reference for path in options.files for reference in read_gold(path))
    options.output.write_bytes(train_labels(examples(references)))


if __name__ == "__main__":
    main()
