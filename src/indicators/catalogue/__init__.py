"""Declared data: the agreement, its goals, areas and indicators. Loads, validates and looks up."""

from indicators.catalogue.areas import Area, AreaRegister
from indicators.catalogue.catalogue import Catalogue, finnish_order, load_catalogue
from indicators.catalogue.digest import digest_catalogue, restore_catalogue

__all__ = [
    "Area",
    "AreaRegister",
    "Catalogue",
    "digest_catalogue",
    "finnish_order",
    "load_catalogue",
    "restore_catalogue",
]
