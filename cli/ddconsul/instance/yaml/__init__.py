"""From the bytes of a municipality file to plain values, each with its place; and on past what is no YAML."""
