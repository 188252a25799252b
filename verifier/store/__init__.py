"""The database of scans, references, evidence and flags."""
