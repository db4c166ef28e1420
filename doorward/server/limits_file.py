"""The limits of a site, from `limits.toml` in its data directory, where there is one."""

from pathlib import Path

import msgspec

from doorward.graphql.limits import Limits
from doorward.graphql.persisted import PersistedDocuments, manifest, own_documents
from doorward.server.dashboard import DASHBOARD
from doorward.server.settings import StartFailed

FILE_NAME = "limits.toml"
DOCUMENTS = "documents"
"""The folder of the documents that the site adds, in its data directory."""
MANIFEST = "documents.json"


def load_limits(data: Path) -> Limits:
    """What the file says; what it does not say is as it is without one. Raises StartFailed."""
    path = data / FILE_NAME
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Limits)
    except (FileNotFoundError, NotADirectoryError):
        return Limits()
    except (OSError, ValueError) as error:
        raise StartFailed(f"The limits in {path} cannot be used: {error}. Mend the file, or move it away.") from error


def known_documents(data: Path, limits: Limits, dashboard: Path = DASHBOARD) -> PersistedDocuments:
    """The documents that the dashboard was built with, and those that the site adds. Raises StartFailed."""
    try:
        texts = [*manifest(dashboard / MANIFEST), *own_documents(data / DOCUMENTS)]
    except (OSError, ValueError) as error:
        raise StartFailed(f"The documents in {data / DOCUMENTS} cannot be read: {error}.") from error
    return PersistedDocuments(texts, limits.documents)
