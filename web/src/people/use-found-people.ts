import { useEffect, useState } from "react";
import { useQuery } from "urql";

import { browserWait } from "../api/wait";
import { CardholdersDocument } from "../gql/operations";
import type { Choice } from "../ui/Picker";

const TYPING_MS = 250;
const OFFERED = 8;

/** The first cardholders that a search finds, for a picker, and the function that searches. */
export function useFoundPeople(): [Choice[], (search: string) => void] {
  const [typed, setTyped] = useState("");
  const [search, setSearch] = useState("");
  useEffect(() => browserWait(() => setSearch(typed.trim()), TYPING_MS), [typed]);
  const variables = { first: OFFERED, search: search === "" ? null : search };
  const [{ data }] = useQuery({ query: CardholdersDocument, variables });
  return [(data?.cardholders.nodes ?? []).map(choiceOf), setTyped];
}

/** A person with the number that tells namesakes apart. */
export function choiceOf(person: { id: string; firstName: string; lastName: string; number: string }): Choice {
  return { id: person.id, name: `${person.firstName} ${person.lastName} (${person.number})` };
}
