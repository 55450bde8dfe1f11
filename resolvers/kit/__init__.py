"""What every GraphQL type is made with: selections, pages, ids, scalars, errors."""
