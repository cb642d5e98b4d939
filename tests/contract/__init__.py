"""The contract between Consul Democracy and ddconsul: one set of assertions, for Consul itself and for the stand-in."""
