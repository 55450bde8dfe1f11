# /// script
# requires-python = ">=3.11"
# dependencies = ["ariadne-codegen>=0.17"]
# ///
"""Makes the typed client from schema.graphql and client/documents: `make client`. A folder may be named to make it in.

It has a lock of its own beside it, because the generator wants another graphql-core than the service.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ariadne_codegen.main import client

HERE = Path(__file__).parent
PACKAGE = "regulars_client"
BASE = HERE / PACKAGE / "base_client.py"


def make(folder: Path) -> None:
    """Writes the package into a folder, in the place of what was made there before. base_client.py is no such thing."""
    for old in (folder / PACKAGE).glob("*.py"):
        if old != BASE:
            old.unlink()
    settings = {
        "schema_path": str(HERE.parent / "schema.graphql"),
        "queries_path": str(HERE / "documents"),
        "target_package_path": str(folder),
        "target_package_name": PACKAGE,
        "client_name": "Regulars",
        "base_client_name": "BaseClient",
        "base_client_file_path": str(BASE),
        "include_comments": "none",
        "include_typename": False,
        "include_all_inputs": False,
        "include_all_enums": False,
        "scalars": {
            "Date": {"type": "datetime.date"},
            "DateTime": {"type": "datetime.datetime"},
            "Decimal": {"type": "decimal.Decimal"},
        },
    }
    client({"tool": {"ariadne-codegen": settings}})


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
