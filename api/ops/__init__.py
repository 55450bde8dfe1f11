"""For whoever runs the service: health, metrics, the description of the API, Neo4j Browser."""
