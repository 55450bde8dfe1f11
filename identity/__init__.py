"""What a source record is and which person it belongs to, in the store."""
