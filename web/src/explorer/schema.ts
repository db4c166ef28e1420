import { getIntrospectionQuery, type IntrospectionQuery } from "graphql";

import { REQUEST_HEADERS } from "../api/address";

/** What the server says when it is asked what its schema is. */
export type Told =
  | { kind: "schema"; schema: IntrospectionQuery }
  /** It keeps the schema to itself, and takes requests all the same. */
  | { kind: "hidden"; sentence: string }
  /** There is nothing to explore. */
  | { kind: "closed"; sentence: string }
  | { kind: "signed-out" };

interface Answer {
  data?: IntrospectionQuery | null;
  errors?: readonly { message: string; extensions?: { code?: string } }[];
}

const STRICT = "This server takes only documents that it knows (documents = \"persisted\" in its limits.toml), so there is nothing to try out here.";
const UNREACHABLE = "The server cannot be reached. Check the network, then load this page again.";

/** Asks for the schema, with its descriptions. */
export async function askSchema(ask: typeof fetch = fetch): Promise<Told> {
  const query = getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true });
  let answer: Answer;
  try {
    const response = await ask("/graphql", {
      method: "POST",
      headers: { ...REQUEST_HEADERS, "content-type": "application/json" },
      body: JSON.stringify({ query, operationName: "IntrospectionQuery" }),
    });
    answer = (await response.json()) as Answer;
  } catch {
    return { kind: "closed", sentence: UNREACHABLE };
  }
  if (answer.data) return { kind: "schema", schema: answer.data };
  const [error] = answer.errors ?? [];
  switch (error?.extensions?.code) {
    case "DOCUMENT_NOT_ACCEPTED":
      return { kind: "closed", sentence: STRICT };
    case "PERMISSION":
      return { kind: "hidden", sentence: error.message };
    case "UNAUTHENTICATED":
      return { kind: "signed-out" };
    default:
      return { kind: "closed", sentence: error?.message ?? "The server sent no answer. Load this page again." };
  }
}
