"""Venues: one name for the many spellings of a journal or conference, and how two venues relate.

``venues.json`` beside this package lists the known ones with their names; abbreviated words ("J. Am. Chem. Soc.") are
read by a rule.
"""

from citations.venues.compare import VenueRelation, compare_venues
from citations.venues.recognise import is_preprint_server, venue_key

__all__ = ["VenueRelation", "compare_venues", "is_preprint_server", "venue_key"]
