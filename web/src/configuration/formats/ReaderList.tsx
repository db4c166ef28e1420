import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import { type PinRulesRowFragment, ReaderListDocument, SetPinRulesDocument } from "../../gql/operations";
import { Editor, Part } from "../Editor";
import { Cell, ListPage, NameCell, Rows } from "../Page";
import { useSaving } from "../saving";
import { PIN_FIELDS, PinRulesFields, pinRulesDraft, pinRulesInput } from "./PinRulesFields";

/** The system's PIN rules, and every reader with what is its own. */
export function ReaderList({ writable }: { writable: boolean }) {
  const [{ data, error }, ask] = useWhole({ query: ReaderListDocument, requestPolicy: "cache-and-network" });
  return (
    <ListPage
      section="readers"
      error={error}
      count={data?.readerSettings.length}
      empty="There are no readers yet."
      tools={
        data && (
          <SystemPinRules
            key={JSON.stringify(data.pinRules)}
            rules={data.pinRules}
            writable={writable}
            onReload={() => ask({ requestPolicy: "network-only" })}
          />
        )
      }
    >
      <Rows caption="Readers" columns={["Reader", "Side", "Card formats", "PIN rules", "To look at"]}>
        {data?.readerSettings.map((reader) => (
          <tr key={reader.readerId}>
            <NameCell section="readers" id={reader.readerId} name={reader.readerName} />
            <Cell label="Side">{reader.side}</Cell>
            <Cell label="Card formats">{reader.cardFormats?.map(({ name }) => name).join(", ") ?? "the system’s"}</Cell>
            <Cell label="PIN rules">{reader.pinRules ? "its own" : "the system’s"}</Cell>
            <Cell label="To look at">{reader.warnings.join(" ") || "nothing"}</Cell>
          </tr>
        ))}
      </Rows>
    </ListPage>
  );
}

interface SystemPinRulesProps {
  rules: PinRulesRowFragment;
  writable: boolean;
  onReload: () => void;
}

function SystemPinRules({ rules, writable, onReload }: SystemPinRulesProps) {
  const api = useClient();
  const saving = useSaving(PIN_FIELDS);
  const [draft, setDraft] = useState(() => pinRulesDraft(rules));
  const submit = async (): Promise<void> => {
    const input = pinRulesInput(draft);
    if (await saving.run(async () => (await send(api, SetPinRulesDocument, { input })).problems)) onReload();
  };
  return (
    <Editor saving={saving} action="Save the PIN rules" writable={writable} onSubmit={submit} onCancel={() => setDraft(pinRulesDraft(rules))}>
      <Part title="PIN rules of the system">
        <PinRulesFields rules={draft} onChange={setDraft} problems={saving.problems.fields} />
      </Part>
    </Editor>
  );
}
