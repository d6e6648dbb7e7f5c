"""Sources of figures: Sotkanet, Statistics Finland and the parties' own table files.

A source is given indicators and yields a `SeriesResult` for each of its own. Only this package knows the
services' addresses and field names.
"""
