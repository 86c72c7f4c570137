"""Sign-in with a provider of identities (OpenID Connect), configured per city."""
