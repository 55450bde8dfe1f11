"""Probabilistic evidence in the live service: a stored model, scores of pairs, and the tokens that find pairs."""

from matching.scoring.model import Model, default_model, parse_model
from matching.scoring.pair import FieldScore, PairScore, score_pair

__all__ = ["FieldScore", "Model", "PairScore", "default_model", "parse_model", "score_pair"]
