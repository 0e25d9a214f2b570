"""Sections that stand once in the chapter of every test; each module exports PLUGIN."""
