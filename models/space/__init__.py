"""Geometric: pairs, correlation, map, neighbors, density, quality of a representation space."""
