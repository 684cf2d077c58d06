"""Serves the built dashboard: its page and its files, nothing else."""
