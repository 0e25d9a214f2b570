"""The plain data that crosses the seams between stages.

Everything here is frozen, typed and free of I/O: standard library and numpy arrays only.
Units are base units (seconds, bytes, ratios 0-1), times are UTC nanoseconds since the epoch.
"""
