"""Instance → what Ansible gets: inventory, variables, the state document. Pure functions, golden-tested."""
