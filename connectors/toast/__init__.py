"""Toast's loyalty integration: pure translation between what its tills send and what the service knows."""
