"""perfreport reads a k6 run and the dumps beside it, and writes the bottleneck report.

`perfreport.pipeline` is the map of the program; start reading there.
"""

__version__ = "0.1.0"
