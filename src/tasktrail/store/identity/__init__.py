"""Statements about people, their rights and their credentials."""
