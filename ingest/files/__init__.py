"""CSV, Parquet and NDJSON files read as events, through mappings."""
