"""The rules of points: what a programme says, its versions, its draft and what a draft would change."""
