"""One file describes a municipality's participation platform; ddconsul makes the platform match it."""

__version__ = "0.1.0"
