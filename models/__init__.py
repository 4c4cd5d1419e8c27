"""COMPUTES: arrays in, arrays out; no files but images and weights, no dashboard."""
