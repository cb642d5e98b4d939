"""Runs a playbook, and turns its events into progress, a log and a result."""
