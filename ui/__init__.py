"""Faces of the one door: command line and web chat. They decide nothing."""
