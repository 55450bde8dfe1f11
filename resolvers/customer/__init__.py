"""What one guest's profile shows, one module per facet."""
