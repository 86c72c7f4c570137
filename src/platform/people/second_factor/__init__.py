"""The second factor: one-time codes (RFC 6238), passkeys (WebAuthn) and recovery codes."""
