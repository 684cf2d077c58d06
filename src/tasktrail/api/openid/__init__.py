"""Signing in by an OpenID provider: authorization code with PKCE (OpenID Connect Core 1.0)."""
