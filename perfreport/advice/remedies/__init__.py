"""The remedies, one per module; none of them knows another."""
