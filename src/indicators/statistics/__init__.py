"""Statistical methods as pure functions over arrays: no network, disk, clock or settings.

Every function broadcasts or runs over areas at once, leaves its input alone and gives missing for missing.
Results carry value, limits, confidence, statistic, p, n and the codes of method and reason; `docs/methods.md`
gives formulas, limits and references.
"""
