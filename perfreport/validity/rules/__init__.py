"""One module per validity rule."""
