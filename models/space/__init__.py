"""Geometric: pairs, correlation, projection, neighbors, density and quality of a representation space."""
