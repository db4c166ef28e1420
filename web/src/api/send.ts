import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { AnyVariables, Client } from "urql";

import type { ProblemFragment } from "../gql/operations";
import { sentenceOf } from "./client";

/** A mutation's payload, as every operation of the API answers: the result, or typed errors. */
interface Payload {
  errors: readonly ProblemFragment[];
}

export type Sent<P extends Payload> = { payload: P; problems: readonly [] } | { payload: null; problems: readonly ProblemFragment[] };

/** Runs a mutation. A request that failed as a whole comes back as one problem, so that forms show it like any other. */
export async function send<P extends Payload, V extends AnyVariables>(
  api: Client,
  document: TypedDocumentNode<{ outcome: P }, V>,
  variables: V,
): Promise<Sent<P>> {
  const { data, error } = await api.mutation(document, variables).toPromise();
  if (error) return { payload: null, problems: [{ code: "VALIDATION", message: sentenceOf(error), path: [] }] };
  if (!data) return { payload: null, problems: [{ code: "VALIDATION", message: "The server sent no answer.", path: [] }] };
  const { outcome } = data;
  return outcome.errors.length > 0 ? { payload: null, problems: outcome.errors } : { payload: outcome, problems: [] };
}
