"""PyJWT's own test-suite, run unmodified on `jotem.jwt`."""
