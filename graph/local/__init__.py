"""The embedded Neo4j: a real Neo4j Community server from ordinary packages, one per state directory."""

from graph.local.jars import BROWSER_VERSION, NEO4J_VERSION, Progress
from graph.local.server import LocalNeo4j, Running

__all__ = ["BROWSER_VERSION", "NEO4J_VERSION", "LocalNeo4j", "Progress", "Running"]
