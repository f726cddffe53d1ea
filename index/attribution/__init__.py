"""Article text → statements, with who said them to whom: `extraction.attribute`."""
