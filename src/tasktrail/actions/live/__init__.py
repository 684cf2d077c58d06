"""Live streams: one reading and one encoding for all who follow the same thing (P7)."""
