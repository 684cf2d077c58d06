"""The pure model: no IO, no clock, no randomness. Time and ids come in as arguments."""
