"""From text to entries, and from an entry to fields."""
