"""Templates, style and script of the report in one HTML file."""
