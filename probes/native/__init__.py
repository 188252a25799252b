"""The part of the capture that is written in C, and how it gets compiled."""
