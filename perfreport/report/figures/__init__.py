"""The pictures of a test, one module each."""
