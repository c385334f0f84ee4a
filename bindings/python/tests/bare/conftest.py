"""These tests are for an environment without ``cryptography``; where it is, they are not collected."""

from jotem.jwt.algorithms import has_crypto

if has_crypto:
    collect_ignore_glob = ["test_*.py"]
