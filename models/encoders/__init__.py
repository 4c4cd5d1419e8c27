"""Learned: backbone, BYOL, views and training; the only folder that imports torch."""
