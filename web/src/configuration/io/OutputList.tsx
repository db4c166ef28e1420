
import { useStore } from "../../api/store";
import { useWhole } from "../../api/use-whole";
import { useMinute } from "../../app/now";
import { OutputListDocument } from "../../gql/operations";
import type { LineStates } from "../../lines/line-states";
import { outputStanding, outputState } from "../../lines/words";
import { Badge } from "../../ui/Badge";
import { Cell, ListPage, NameCell, Rows } from "../Page";
import { useDeviceWords } from "./PortFields";

/** All auxiliary outputs, and whether they are on now. */
export function OutputList({ writable, lines }: { writable: boolean; lines: LineStates }) {
  const [{ data, error }] = useWhole({ query: OutputListDocument, requestPolicy: "cache-and-network" });
  const deviceWords = useDeviceWords();
  const now = new Map(useStore(lines.lines)?.outputs.map((output) => [output.id, output]));
  const minute = useMinute();
  return (
    <ListPage
      section="outputs"
      create={writable ? "New auxiliary output" : undefined}
      error={error}
      count={data?.auxOutputs.length}
      empty="There are no auxiliary outputs yet. One is what no door moves: a siren, a lamp."
    >
      <Rows caption="Auxiliary outputs" columns={["Name", "Now", "Connected to"]}>
        {data?.auxOutputs.map(({ id, name, deviceId, number }) => {
          const output = now.get(id);
          const { word, tone } = outputState(output?.on ?? null);
          return (
            <tr key={id}>
              <NameCell section="outputs" id={id} name={name} />
              <Cell label="Now">
                <Badge tone={tone} word={word} /> {output && outputStanding(output, minute)}
              </Cell>
              <Cell label="Connected to">
                Output {number} of {deviceWords(deviceId)}
              </Cell>
            </tr>
          );
        })}
      </Rows>
    </ListPage>
  );
}
