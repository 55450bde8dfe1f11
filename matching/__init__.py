"""Pure identity logic: normalise, compare, score, link, partition, explain, evaluate."""

from matching.birth_dates import birth_conflict
from matching.components import components
from matching.evaluate import Scores, bcubed, largest_cluster, pairwise, singletons
from matching.names.differences import given_conflict, name_signature
from matching.names.full_names import split_suffix
from matching.normalise import mask, mask_name, normalise
from matching.people_count import count_people
from matching.policy import IdentifierPolicy, Policies, Strength, default, parse
from matching.records import About, Cluster, Identifier, Link, Partition, Record, Refusal
from matching.resolve import Guards, resolve
from matching.scoring import FieldScore, Model, PairScore, default_model, parse_model, score_pair

__all__ = [
    "About",
    "Cluster",
    "FieldScore",
    "Guards",
    "Identifier",
    "IdentifierPolicy",
    "Link",
    "Model",
    "PairScore",
    "Partition",
    "Policies",
    "Record",
    "Refusal",
    "Scores",
    "Strength",
    "bcubed",
    "birth_conflict",
    "components",
    "count_people",
    "default",
    "default_model",
    "given_conflict",
    "largest_cluster",
    "mask",
    "mask_name",
    "name_signature",
    "normalise",
    "pairwise",
    "parse",
    "parse_model",
    "resolve",
    "score_pair",
    "singletons",
    "split_suffix",
]
