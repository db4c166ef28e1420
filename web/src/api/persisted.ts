import type { DocumentNode } from "graphql";
import { type Exchange, makeOperation, mapExchange } from "urql";
import { hashes } from "virtual:documents";

interface PersistedQuery {
  version: 1;
  sha256Hash: string;
  /** The text goes with it all the same, for a server that is newer than this page. */
  miss: true;
}

/** How a document is named to the server that was built with it; nothing where it was not. */
export function persistedQuery(document: DocumentNode, known = hashes): { persistedQuery: PersistedQuery } | undefined {
  for (const definition of document.definitions) {
    const sha256Hash = definition.kind === "OperationDefinition" ? known[definition.name?.value ?? ""] : undefined;
    if (sha256Hash !== undefined) return { persistedQuery: { version: 1, sha256Hash, miss: true } };
  }
  return undefined;
}

/** Names the documents of queries and mutations to the server. */
export const persistedExchange: Exchange = mapExchange({
  onOperation: (operation) => {
    const extensions = operation.kind === "teardown" ? undefined : persistedQuery(operation.query);
    if (extensions === undefined) return operation;
    return makeOperation(operation.kind, { ...operation, extensions: { ...operation.extensions, ...extensions } }, operation.context);
  },
});
