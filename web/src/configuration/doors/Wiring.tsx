import type { DoorHardwareQuery, PortKind } from "../../gql/operations";
import { Part } from "../Editor";
import { Cell, Rows } from "../Page";
import { deviceWords, type WiredDevice } from "./hardware-words";

const KINDS: Record<PortKind, string> = {
  OUTPUT: "Output",
  INPUT: "Input",
  READER: "Reader port",
  BUS: "Bus",
  NETWORK: "Network",
};

interface WiringProps {
  doorName: string;
  ports: DoorHardwareQuery["doorPorts"];
  devices: readonly WiredDevice[];
}

/** What is wired where, to print for whoever installs the door. */
export function Wiring({ doorName, ports, devices }: WiringProps) {
  const deviceOf = (id: string | null): string => {
    if (id === null) return "the controller";
    const device = devices.find((each) => each.id === id);
    return device ? deviceWords(device) : `device ${id}`;
  };
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
        {ports.length === 0 && <p className="quiet">Nothing is wired yet.</p>}
        {ports.length > 0 && (
          <Rows caption={`Wiring of ${doorName}`} columns={["What", "Terminal", "Number", "Of"]}>
            {ports.map(({ kind, deviceId, number, what }) => (
              <tr key={`${kind} ${deviceId ?? ""} ${number} ${what}`}>
                <th scope="row">{what}</th>
                <Cell label="Terminal">{KINDS[kind]}</Cell>
                <Cell label="Number">{number}</Cell>
                <Cell label="Of">{kind === "BUS" ? "the controller" : deviceOf(deviceId)}</Cell>
              </tr>
            ))}
          </Rows>
        )}
      </Part>
    </div>
  );
}
