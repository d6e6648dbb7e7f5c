"""What a report tells a notebook of another version."""

from typing import Any

from indicators.version import __version__


class TellsItsParts:
    """A report that names its parts where a notebook asks for one that it does not have."""

    def __getattr__(self, name: str) -> Any:
        """Tell a notebook of another version which of its calls the report does not have."""
        if name.startswith("_"):  # of ours: what its property raised is to be seen as it was
            return object.__getattribute__(self, name)
        parts = [item for item in dir(type(self)) if item.islower() and not item.startswith("_")]
        raise AttributeError(
            f"this report has no {name!r} in version {__version__}; it has {', '.join(parts)}. The notebook "
            "may be of another version: 'yhdyspinta lab' in a new folder copies this version's"
        )
