"""What a document may cost, and how large it may be."""
