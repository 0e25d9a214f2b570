"""Sections that stand once in a report; each module exports PLUGIN."""
