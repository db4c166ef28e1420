import { useQuery } from "urql";

import { sentenceOf } from "../../api/client";
import { DoorWiringDocument, type PortKind } from "../../gql/operations";
import { Part } from "../Editor";
import { Cell, Rows } from "../Page";

const KINDS: Record<PortKind, string> = {
  OUTPUT: "Output",
  INPUT: "Input",
  READER: "Reader port",
  BUS: "Bus",
  NETWORK: "Network",
};

/** What is wired where, to print for whoever installs the door. */
export function Wiring({ doorId, doorName }: { doorId: string; doorName: string }) {
  const [{ data, error }] = useQuery({ query: DoorWiringDocument, variables: { doorId }, requestPolicy: "cache-and-network" });
  return (
    <div className="wiring">
      <Part
        title={`Wiring of ${doorName}`}
        end={
          <button type="button" onClick={() => print()}>
            Print
          </button>
        }
      >
        {error && <p className="note-problem">{sentenceOf(error)}</p>}
        {data?.doorPorts.length === 0 && <p className="quiet">Nothing is wired yet.</p>}
        {data && data.doorPorts.length > 0 && (
          <Rows caption={`Wiring of ${doorName}`} columns={["What", "Terminal", "Number", "Of"]}>
            {data.doorPorts.map(({ kind, deviceId, number, what }) => (
              <tr key={`${kind} ${deviceId ?? ""} ${number} ${what}`}>
                <th scope="row">{what}</th>
                <Cell label="Terminal">{KINDS[kind]}</Cell>
                <Cell label="Number">{number}</Cell>
                <Cell label="Of">{deviceId === null ? "the controller" : `device ${deviceId}`}</Cell>
              </tr>
            ))}
          </Rows>
        )}
      </Part>
    </div>
  );
}
