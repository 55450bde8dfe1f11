"""Bulk resolution: the same pure functions as live intake, with a spill file on disk in the place of the store.

read     files → claims                       (workers)   reading
fold     claims → orders, source records      (workers)   folding
scope    shared identifiers, who is alike     (workers)   scope, comparing
decide   whole components → people            (workers)   deciding
write    rows → CSV files for the import      (workers)   tables
"""

from ingest.bulk.job import BulkReport, Job, run
from ingest.bulk.parts import BulkParts

__all__ = ["BulkParts", "BulkReport", "Job", "run"]
