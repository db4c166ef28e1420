"""Documents that are known beforehand by the SHA-256 of their text: the dashboard's, and those that the site adds.

A request names one by `documentId`, as the persisted documents of GraphQL over HTTP do (`sha256:` and the hash, or the
hash alone), or by `extensions.persistedQuery.sha256Hash`, as Apollo's persisted queries do. Nothing is ever registered
by asking. Where `documents` is `persisted`, any other document is refused, whoever sends it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from doorward.graphql.limits import Documents

NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
NOT_ACCEPTED = "DOCUMENT_NOT_ACCEPTED"
PREFIX = "sha256:"
"""What a document identifier begins with that is a hash, in GraphQL over HTTP, appendix A."""


class DocumentRefused(Exception):
    """This document is not known, or not accepted; `message` is for its sender, `code` for programs."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class PersistedDocuments:
    """The texts that are known. `accepted`: whether others are taken too."""

    def __init__(self, texts: Iterable[str] = (), accepted: Documents = Documents.ANY) -> None:
        self._texts = {digest_of(text): text for text in texts}
        self._accepted = accepted

    def __len__(self) -> int:
        return len(self._texts)

    def text(
        self, query: str | None, extensions: Mapping[str, Any] | None, document_id: str | None = None
    ) -> str | None:
        """The text that is meant. What names it counts for more than the text. Raises DocumentRefused."""
        if document_id is not None:
            found = self._texts.get(document_id.removeprefix(PREFIX).lower())
            if found is not None:
                return found
            if not query:
                raise DocumentRefused("This server knows no document with this documentId.", NOT_FOUND)
        digest = _digest_in(extensions)
        if digest is not None:
            found = self._texts.get(digest)
            if found is not None:
                return found
            if not query:
                # The words that clients look for, to send the document in full.
                raise DocumentRefused("PersistedQueryNotFound", NOT_FOUND)
        if self._accepted is Documents.PERSISTED and query and digest_of(query) not in self._texts:
            raise DocumentRefused("This server takes only documents that it knows.", NOT_ACCEPTED)
        return query


def digest_of(text: str) -> str:
    """The SHA-256 of a document as it is, in hexadecimal digits."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _digest_in(extensions: Mapping[str, Any] | None) -> str | None:
    named = (extensions or {}).get("persistedQuery")
    digest = named.get("sha256Hash") if isinstance(named, Mapping) else None
    return digest.lower() if isinstance(digest, str) else None


def manifest(path: Path) -> list[str]:
    """The documents that the dashboard was built with, from the list beside it; none where it is not built."""
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return []
    return [str(text) for text in found]


def own_documents(folder: Path) -> list[str]:
    """The documents that the site adds: one in each file `*.graphql`, exactly as its programs send it."""
    return [path.read_text() for path in sorted(folder.glob("*.graphql"))]
