"""Measured against peers in one run: ratios, never bare times."""
