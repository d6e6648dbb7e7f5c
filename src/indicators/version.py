"""The version, on its own: whoever needs it need not import the package's door."""

__version__ = "0.2.0"
