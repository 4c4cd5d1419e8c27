"""The parts of a simulated survey: what is drawn, what it shines like, how it is seen."""
