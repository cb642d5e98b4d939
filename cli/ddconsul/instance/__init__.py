"""The municipality file: typed, checked, with places."""
