"""The sections of a municipal report: one file a section, with what its template reads and how it is made."""
