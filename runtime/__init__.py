"""The service put together: the composition root, worker processes, connections, logs, traces."""
