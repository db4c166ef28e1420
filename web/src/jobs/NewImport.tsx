import { type FormEvent, useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { newCommandKey } from "../doors/command";
import { useSaving } from "../configuration/saving";
import { ImportDocument, type JobKind } from "../gql/operations";
import { may, type Viewer } from "../session/permission";
import { Check } from "../ui/Check";
import { Described } from "../ui/Described";
import { Panel } from "../ui/Panel";
import { Refused } from "../ui/Refused";
import { Select } from "../ui/Select";
import { KINDS } from "./words";

/** Chooses a file and begins to import it, or only to try. */
export function NewImport({ viewer, onBegun }: { viewer: Viewer; onBegun: () => void }) {
  const api = useClient();
  const [kind, setKind] = useState<JobKind>("CARDHOLDERS");
  const [file, setFile] = useState<File | null>(null);
  const [dryRun, setDryRun] = useState(true);
  // One key for each file that is chosen: a second click, or a repetition after a cut, begins nothing twice.
  const [key, setKey] = useState(newCommandKey);
  const { pending, problems, run } = useSaving(["file"]);
  const kinds = KINDS.filter(([each]) => each === "CARDHOLDERS" || may(viewer, "configuration.write"));

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const input = { kind, file, dryRun, idempotencyKey: `${key}-${kind}-${String(dryRun)}` };
    if (await run(async () => (await send(api, ImportDocument, { input })).problems)) onBegun();
  };
  return (
    <Panel title="New import">
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <Select label="What the file has" value={kind} options={kinds} onChange={setKind} />
        <Described
          label="File"
          hint="One JSON object in each line (JSONL), at most 64 MiB."
          problem={problems.fields.file}
        >
          {(description) => (
            <input
              {...description}
              type="file"
              accept=".jsonl,.ndjson,.json,.txt"
              onChange={({ currentTarget }) => {
                setFile(currentTarget.files?.[0] ?? null);
                setKey(newCommandKey());
              }}
            />
          )}
        </Described>
        <Check
          label="Only try"
          checked={dryRun}
          onChange={setDryRun}
          hint="Tells what would become of each line, and changes nothing."
        />
        <Refused sentences={problems.form} outdated={false} onReload={onBegun} />
        <div className="form-end">
          <button type="submit" className="primary" disabled={pending || file === null}>
            {dryRun ? "Try it" : "Import"}
          </button>
        </div>
      </form>
    </Panel>
  );
}
