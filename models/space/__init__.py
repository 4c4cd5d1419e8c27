"""Geometric: pairs, correlation, map, neighbors, density, quality of a representation space."""

from models.space import compiling

compiling.set_up()  # before a module of this folder has a kernel
