"""Articles in, a library out: reading, passages, statements, persons, and the store that holds them."""
