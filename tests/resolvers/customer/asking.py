"""What is asked about Ann of the story."""

from __future__ import annotations

from typing import Any

from tests.kit.story import EMAIL, Story

CONTACT = """query($by: CustomerBy!) { customer(by: $by) {
  name givenName familyName emails phones
  identifiers { type display value carriedBy { source } }
  goldenRecord { field value source rejected { value source } }
  linkedIdentities {
    source kind sourceRecordId identifiers { type display value }
    evidence { rule viaType viaDisplay explanation }
  }
} }"""


async def ann(story: Story, selection: str, **variables: Any) -> Any:
    names = ", ".join(f"${name}: {'Int' if isinstance(value, int) else 'String'}" for name, value in variables.items())
    head = f"query({names})" if names else ""
    document = f'{head} {{ customer(by: {{email: "{EMAIL}"}}) {{ {selection} }} }}'
    return (await story.ask(document, **variables))["customer"]
