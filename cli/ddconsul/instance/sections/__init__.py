"""The sections of the municipality file, a module each: what may stand in it, what it means, what has to agree."""
