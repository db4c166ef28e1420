import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import { ActivateFormatDocument, FormatListDocument, type FormatRowFragment } from "../../gql/operations";
import { FormProblems } from "../../ui/Field";
import { Cell, ListPage, NameCell, Rows } from "../Page";

/** All card formats, with a switch for each: which ones readers use that have none of their own. */
export function FormatList({ writable }: { writable: boolean }) {
  const api = useClient();
  const [{ data, error }, ask] = useWhole({ query: FormatListDocument, requestPolicy: "cache-and-network" });
  const [problems, setProblems] = useState<readonly string[]>([]);

  const activate = async ({ id, active }: FormatRowFragment): Promise<void> => {
    const sent = await send(api, ActivateFormatDocument, { id, active: !active });
    setProblems(sent.problems.map(({ message }) => message));
    if (sent.payload) ask({ requestPolicy: "network-only" });
  };

  return (
    <ListPage
      section="formats"
      create={writable ? "New card format" : undefined}
      error={error}
      count={data?.cardFormats.length}
      empty="There are no card formats."
      tools={<FormProblems sentences={problems} />}
    >
      <Rows caption="Card formats" columns={["Name", "Bits", "Fields", "Origin", "Active"]}>
        {data?.cardFormats.map((format) => (
          <tr key={format.id}>
            <NameCell section="formats" id={format.id} name={format.name} />
            <Cell label="Bits">{format.bits}</Cell>
            <Cell label="Fields">{fieldsWords(format)}</Cell>
            <Cell label="Origin">{format.predefined ? "Predefined" : "Custom"}</Cell>
            <Cell label="Active">
              <input
                type="checkbox"
                role="switch"
                aria-checked={format.active}
                aria-label={`${format.name} is active`}
                checked={format.active}
                disabled={!writable}
                onChange={() => void activate(format)}
              />
            </Cell>
          </tr>
        ))}
      </Rows>
    </ListPage>
  );
}

function fieldsWords({ number, facilityCode }: FormatRowFragment): string {
  const fields = [
    ["facility code", facilityCode],
    ["number", number],
  ] as const;
  return fields.flatMap(([name, field]) => (field ? [`${name} ${field.firstBit}-${field.lastBit}`] : [])).join(", ");
}
