"""Names of people in any language and script: their parts, their lists, their typos, and when two clearly differ."""
