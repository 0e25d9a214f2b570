"""One module per diagnosis rule."""
