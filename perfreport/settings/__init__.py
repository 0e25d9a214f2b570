"""The settings perfreport knows: names, keys and units as data, values read from text.

Used by the configuration sources; adding a setting is a line of `catalogue.yaml`.
"""
