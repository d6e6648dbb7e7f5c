"""The token of a JupyterLab that `indicators.analyst.lab` starts; imported by JupyterLab itself.

The token comes in the environment: a command line is seen by all users of the machine. It holds whatever
the user's own Jupyter settings say: the server is never open.
"""

import os
from typing import Any

from jupyter_server.auth.identity import PasswordIdentityProvider


class GivenToken(PasswordIdentityProvider):
    """The token that the user has put in the environment; the terminal does not show it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.token = os.environ["JUPYTER_TOKEN"]


class MadeToken(GivenToken):
    """A token made for this run; the address on the terminal has it, should no browser open by itself."""

    token_generated = True
