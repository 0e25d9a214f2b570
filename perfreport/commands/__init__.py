"""The commands whose work is more than a call of the pipeline."""
