"""STORES: files <-> arrays; knows nothing of the dashboard."""
