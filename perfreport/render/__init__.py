"""From the Report to text: formats × languages."""
