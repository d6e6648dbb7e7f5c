"""Charts: each returns a drawing with its message, alt text and figures. Nothing here fetches or saves."""
