"""Titles: their plain form, the key that is equal for equal titles, and how much two titles resemble each other."""

from citations.titles.keys import is_generic, main_title, plain, title_key, title_keys
from citations.titles.labels import is_labelled_reprint, number_before, number_of, strip_both, strip_labels
from citations.titles.numbers import number
from citations.titles.similarity import title_similarity
from citations.titles.spelling import american

__all__ = [
    "american",
    "is_generic",
    "is_labelled_reprint",
    "main_title",
    "number",
    "number_before",
    "number_of",
    "plain",
    "strip_both",
    "strip_labels",
    "title_key",
    "title_keys",
    "title_similarity",
]
