import { useState } from "react";
import { useClient, useQuery } from "urql";

import { send } from "../../api/send";
import { ACTION_WORDS, DOOR_ACTIONS } from "../../doors/actions";
import { KIND_OF, useReasons } from "../../doors/use-reasons";
import { type CommandKind, SetSiteRulesDocument, SiteRulesDocument, type SiteRulesFragment } from "../../gql/operations";
import { Check } from "../../ui/Check";
import { FormProblems } from "../../ui/Field";
import { Editor, Part } from "../Editor";
import { ListPage } from "../Page";
import { useSaving } from "../saving";

/** What can need a reason, with its words. */
const KINDS: readonly (readonly [CommandKind, string])[] = [
  ...DOOR_ACTIONS.map((action) => [KIND_OF[action], `${ACTION_WORDS[action].label}, of a door or a zone`] as const),
  ["OUTPUT", "Switch an auxiliary output"],
];

/** What holds for everybody at the desk. */
export function SiteRules({ writable }: { writable: boolean }) {
  const { again } = useReasons();
  const [{ data, error }, ask] = useQuery({ query: SiteRulesDocument, requestPolicy: "cache-and-network" });
  const [said, setSaid] = useState("");
  return (
    <ListPage section="site" error={error} count={data ? 1 : undefined} empty="">
      <div className="editor" onInput={() => setSaid("")}>
        <p className="saved" role="status">
          {said}
        </p>
        {data && (
          <Rules
            key={data.site.version}
            site={data.site}
            writable={writable}
            onSaved={() => {
              setSaid("Saved.");
              ask({ requestPolicy: "network-only" });
              again();
            }}
            onReload={() => ask({ requestPolicy: "network-only" })}
          />
        )}
      </div>
    </ListPage>
  );
}

interface RulesProps {
  site: SiteRulesFragment;
  writable: boolean;
  onSaved: () => void;
  onReload: () => void;
}

function Rules({ site, writable, onSaved, onReload }: RulesProps) {
  const api = useClient();
  const saving = useSaving(["reasonsFor"] as const);
  const [reasonsFor, setReasonsFor] = useState<readonly CommandKind[]>(site.reasonsFor);
  const submit = async (): Promise<void> => {
    const input = { expectedVersion: site.version, reasonsFor: [...reasonsFor] };
    if (await saving.run(async () => (await send(api, SetSiteRulesDocument, { input })).problems)) onSaved();
  };
  return (
    <Editor
      saving={saving}
      action="Save"
      cancel="Undo the changes"
      writable={writable}
      onSubmit={submit}
      onCancel={() => setReasonsFor(site.reasonsFor)}
      onReload={onReload}
    >
      <Part title="What needs a reason">
        <p className="quiet">Whoever does one of these by hand says why. Without a reason nothing is done. The log keeps it.</p>
        {KINDS.map(([kind, words]) => (
          <Check
            key={kind}
            label={words}
            checked={reasonsFor.includes(kind)}
            onChange={(on) => setReasonsFor(on ? [...reasonsFor, kind] : reasonsFor.filter((each) => each !== kind))}
          />
        ))}
        {saving.problems.fields.reasonsFor !== undefined && <FormProblems sentences={[saving.problems.fields.reasonsFor]} />}
      </Part>
    </Editor>
  );
}
