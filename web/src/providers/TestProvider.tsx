import { useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { TestProviderDocument } from "../gql/operations";
import { FormProblems } from "../ui/Field";

/** Asks a provider what it says of itself, and says whether that will do. */
export function TestProvider({ id, name }: { id: string; name: string }) {
  const api = useClient();
  const [said, setSaid] = useState<string | null>(null);
  const { pending, problems, run } = useSaving([]);
  const test = () =>
    run(async () => {
      setSaid(null);
      const sent = await send(api, TestProviderDocument, { input: { id } });
      if (!sent.payload) return sent.problems;
      const { problem, keys, algorithms, endSessionEndpoint } = sent.payload;
      if (problem !== null) return [{ code: "VALIDATION", message: problem, path: [] }];
      const out = endSessionEndpoint === null ? " Signing out here does not sign out there." : "";
      setSaid(`It answers, with ${keys === 1 ? "1 key" : `${keys} keys`} for ${algorithms.join(", ")}.${out} Now sign in to try the rest.`);
      return [];
    });
  return (
    <>
      <button type="button" aria-label={`Test ${name}`} disabled={pending} onClick={() => void test()}>
        {pending ? "Asking…" : "Test"}
      </button>
      <div className="provider-said">
        <p role="status">{said}</p>
        <FormProblems sentences={problems.form} />
      </div>
    </>
  );
}
