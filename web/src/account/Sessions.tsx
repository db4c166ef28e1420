import { useState } from "react";

import { dateWords } from "../app/clock";
import { useSaving } from "../configuration/saving";
import { Cell, Rows } from "../configuration/Page";
import type { ProblemFragment, SessionRowFragment } from "../gql/operations";
import { FormProblems } from "../ui/Field";
import { clientWords } from "./client-words";

interface SessionsProps {
  caption: string;
  sessions: readonly SessionRowFragment[];
  /** Ends one; resolves with why the server refused, or with nothing. */
  onEnd: (id: string) => Promise<readonly ProblemFragment[]>;
}

/** Browsers that are signed in, and a way to sign each of them out. */
export function Sessions({ caption, sessions, onEnd }: SessionsProps) {
  const { pending, problems, run } = useSaving([]);
  const [ending, setEnding] = useState<string | null>(null);
  const end = async (id: string): Promise<void> => {
    setEnding(id);
    await run(() => onEnd(id));
    setEnding(null);
  };
  if (sessions.length === 0) return <p className="quiet">Nobody is signed in here.</p>;
  return (
    <>
      <Rows caption={caption} columns={["Browser", "Address", "Last used", "Signed in", "End it"]}>
        {sessions.map(({ id, client, address, createdAt, lastUsedAt, current }) => (
          <tr key={id} data-testid="session">
            <th scope="row">
              {clientWords(client)} {current && <span className="tag">This one</span>}
            </th>
            <Cell label="Address">{address ?? "unknown"}</Cell>
            <Cell label="Last used">{dateWords(Date.parse(lastUsedAt))}</Cell>
            <Cell label="Signed in">{dateWords(Date.parse(createdAt))}</Cell>
            <td>
              {!current && (
                <span className="row-actions">
                  <button
                    type="button"
                    aria-label={`End the session of ${clientWords(client)} at ${address ?? "an unknown address"}`}
                    disabled={pending && ending === id}
                    onClick={() => void end(id)}
                  >
                    End
                  </button>
                </span>
              )}
            </td>
          </tr>
        ))}
      </Rows>
      <FormProblems sentences={problems.form} />
    </>
  );
}
