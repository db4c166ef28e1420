import { useState } from "react";
import { flushSync } from "react-dom";

import { type FormProblems as Problems, noProblems, placeProblems } from "../api/problems";
import type { ProblemFragment } from "../gql/operations";

/** How a form stands towards the server. */
export interface Saving<Field extends string> {
  pending: boolean;
  problems: Problems<Field>;
  /** Somebody else has changed the same thing: it must be loaded again first. */
  outdated: boolean;
  /** Runs what sends the form; true when the server accepted it. */
  run: (send: () => Promise<readonly ProblemFragment[]>) => Promise<boolean>;
}

/** Sends a form and puts the problems at `fields`, which are named as the API names them. */
export function useSaving<Field extends string>(fields: readonly Field[]): Saving<Field> {
  const [pending, setPending] = useState(false);
  const [problems, setProblems] = useState<Problems<Field>>(noProblems);
  const [outdated, setOutdated] = useState(false);

  const run = async (send: () => Promise<readonly ProblemFragment[]>): Promise<boolean> => {
    setPending(true);
    const refused = await send();
    // At once: whoever waits for this puts the focus on the first field with a problem.
    flushSync(() => {
      setPending(false);
      setProblems(placeProblems(refused, fields));
      setOutdated(refused.some(isOutdated));
    });
    return refused.length === 0;
  };
  return { pending, problems, outdated, run };
}

/** Whether the server refused because what was sent began from an older version. */
export function isOutdated({ code, path }: ProblemFragment): boolean {
  return code === "CONFLICT" && path.includes("expectedVersion");
}

/** What became of sending a form: the problems, or the id of what it is about. */
export interface Sending {
  problems: readonly ProblemFragment[];
  id: string | null;
}
