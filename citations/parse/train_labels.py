"""Learn the weights of ``labels.json.gz`` from labelled references: ``python -m citations.parse.train_labels FILE... -o MODEL``.

Each FILE is JSON Lines (``.gz`` or not) of ``{"segments": [["author", "Knuth, D."], ...], "raw": "..."}`` with the labels of
AnyStyle (https://github.com/inukshuk/anystyle, BSD-2-Clause) or GROBID (https://github.com/kermitt2/grobid, CC-BY-4.0). The
shipped model was learnt from the references that these two projects labelled by hand, and from references that our
own templates printed (``citations.parse.render``). Needs python-crfsuite, which running the model does not.
"""
