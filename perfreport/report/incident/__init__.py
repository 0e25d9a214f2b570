"""The sections of the incident response document, one module each."""
