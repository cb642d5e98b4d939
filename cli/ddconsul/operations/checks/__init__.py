"""What `smoke` looks at: a running site, seen by a visitor, a browser, an administrator, a citizen and its own host."""
