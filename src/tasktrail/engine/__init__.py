"""Carries decisions out: gives ready jobs to workers and comes back with outcomes."""
