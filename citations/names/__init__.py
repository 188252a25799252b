"""Names of authors: read them from any printed order, and compare persons and lists of persons.

``read`` and ``bibtex`` turn text into names, ``person`` says whether two names can be one person, and ``compare``
says how serious the difference between two lists is.
"""

from citations.names.bibtex import read_bibtex_names
from citations.names.compare import AuthorsDiff, compare_authors
from citations.names.person import family_key, is_body, same_person
from citations.names.read import NameList, read_name, read_names

__all__ = [
    "AuthorsDiff",
    "NameList",
    "compare_authors",
    "family_key",
    "is_body",
    "read_bibtex_names",
    "read_name",
    "read_names",
    "same_person",
]
