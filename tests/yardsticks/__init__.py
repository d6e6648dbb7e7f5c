"""Simulated countries in which nothing differs and nothing changes: how often the methods say otherwise."""
