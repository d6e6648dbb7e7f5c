"""Replicas of the services: real servers on the loopback address that behave as the services do.

They serve the rows of an observation table, with a seed that shifts every value, so that a served value can
be told from one that was at hand before. `Fault` makes them misbehave.
"""

from replica.declared import make_replicas, make_tables
from replica.frames import fill_missing, make_test_observations, shift_values
from replica.pxweb import PxTableReplica, PxWebReplica, make_table
from replica.server import Fault, Replica
from replica.sotkanet import SotkanetReplica, make_regions

__all__ = [
    "Fault",
    "PxTableReplica",
    "PxWebReplica",
    "Replica",
    "SotkanetReplica",
    "fill_missing",
    "make_regions",
    "make_replicas",
    "make_table",
    "make_tables",
    "make_test_observations",
    "shift_values",
]
