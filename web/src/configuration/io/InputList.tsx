
import { useStore } from "../../api/store";
import { useWhole } from "../../api/use-whole";
import { InputListDocument } from "../../gql/operations";
import type { LineStates } from "../../lines/line-states";
import { INPUT_STATES } from "../../lines/words";
import { Badge } from "../../ui/Badge";
import { SUPERVISIONS } from "../doors/hardware-words";
import { Cell, ListPage, NameCell, Rows } from "../Page";
import { useDeviceWords } from "./PortFields";

/** All auxiliary inputs, with what they say now. */
export function InputList({ writable, lines }: { writable: boolean; lines: LineStates }) {
  const [{ data, error }] = useWhole({ query: InputListDocument, requestPolicy: "cache-and-network" });
  const deviceWords = useDeviceWords();
  const now = new Map(useStore(lines.lines)?.inputs.map(({ id, state }) => [id, state]));
  return (
    <ListPage
      section="inputs"
      create={writable ? "New auxiliary input" : undefined}
      error={error}
      count={data?.auxInputs.length}
      empty="There are no auxiliary inputs yet. One is what belongs to no door: a push button, a fire panel."
    >
      <Rows caption="Auxiliary inputs" columns={["Name", "Now", "Connected to", "Debounce", "Supervision"]}>
        {data?.auxInputs.map(({ id, name, deviceId, number, debounceMs, supervision }) => {
          const { word, tone } = INPUT_STATES[now.get(id) ?? "UNKNOWN"];
          return (
            <tr key={id}>
              <NameCell section="inputs" id={id} name={name} />
              <Cell label="Now">
                <Badge tone={tone} word={word} />
              </Cell>
              <Cell label="Connected to">
                Input {number} of {deviceWords(deviceId)}
              </Cell>
              <Cell label="Debounce">{debounceMs === 0 ? "none" : `${debounceMs} ms`}</Cell>
              <Cell label="Supervision">{SUPERVISIONS.find(([each]) => each === supervision)?.[1].split(":")[0]}</Cell>
            </tr>
          );
        })}
      </Rows>
    </ListPage>
  );
}
