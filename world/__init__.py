"""A generator of restaurant and shop groups whose truth is known: seeded, streaming, of any size."""

from world.config import WorldConfig
from world.files import write_world
from world.truth import read_truth
from world.world import World

__all__ = ["World", "WorldConfig", "read_truth", "write_world"]
