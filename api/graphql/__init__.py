"""GraphQL over HTTP: requests, responses, streams, trusted documents."""
