"""The cases that come with the project."""
