import { useState } from "react";

import { Badge } from "../../ui/Badge";
import { Part } from "../Editor";
import { Cell, ListPage, NameCell, Rows } from "../Page";
import { LatencyPlot } from "./LatencyPlot";
import { MainKey } from "./MainKey";
import { adviceWords, deviceTitle, servesWords, stateBadge, troubleWords } from "./osdp-words";
import { RotateAll } from "./RotateAll";
import { type Device, type Line, type Lines, linesOf, useBuses } from "./use-buses";
import "./osdp.css";

/** Every OSDP line of every controller, and how the devices on it stand. */
export function BusList({ writable }: { writable: boolean }) {
  const { data, error, ask } = useBuses();
  const [asking, setAsking] = useState<"rotate" | "main-key" | null>(null);
  const all = data === undefined ? undefined : linesOf(data);
  const online = all?.flatMap(({ lines }) => lines).flatMap(({ devices }) => devices).filter(({ live }) => live?.online);
  return (
    <ListPage
      section="osdp"
      error={data === undefined ? error : undefined}
      count={data?.osdpDevices.length}
      empty="There are no OSDP devices yet. Add a reader’s at its door, under Doors."
      tools={
        writable && (
          <div className="door-tools">
            <button type="button" disabled={!online?.length} onClick={() => setAsking("rotate")}>
              New keys for all…
            </button>
            <button type="button" onClick={() => setAsking("main-key")}>
              Main key…
            </button>
          </div>
        )
      }
    >
      {data !== undefined && error !== undefined && (
        <p className="note-problem" role="alert">
          The server does not answer. What is shown here is old.
        </p>
      )}
      {all?.map((controller) => (
        <ControllerLines key={controller.controllerId} controller={controller} />
      ))}
      {asking === "rotate" && online && (
        <RotateAll
          devices={online.map(({ row }) => row)}
          onClose={() => {
            setAsking(null);
            ask();
          }}
        />
      )}
      {asking === "main-key" && <MainKey onClose={() => setAsking(null)} />}
    </ListPage>
  );
}

function ControllerLines({ controller: { name, problem, lines } }: { controller: Lines }) {
  return (
    <Part title={name}>
      {problem !== "" && <p className="note-problem">{problem} How its lines are is not known.</p>}
      {lines.map((line) => (
        <OneLine key={line.port} line={line} controller={name} />
      ))}
    </Part>
  );
}

function OneLine({ line: { port, baud, devices }, controller }: { line: Line; controller: string }) {
  return (
    <div className="bus">
      <h3>
        {port} <span className="quiet">{baud} baud</span>
      </h3>
      <Rows
        caption={`Devices on ${port} of ${controller}`}
        columns={["Device", "Address", "State", "Firmware", "Lost or damaged", "Replies within"]}
      >
        {devices.map((device) => (
          <DeviceRow key={device.row.id} device={device} />
        ))}
      </Rows>
    </div>
  );
}

function DeviceRow({ device: { row, live } }: { device: Device }) {
  const advice = adviceWords(live);
  const [title, serves] = [deviceTitle(row), servesWords(row)];
  return (
    <tr>
      <NameCell section="osdp" id={row.id} name={title === serves || row.name === row.readerName ? title : `${title} – ${serves}`} />
      <Cell label="Address">{live?.address ?? row.address}</Cell>
      <Cell label="State">
        <Badge {...stateBadge(live)} />{" "}
        {advice !== "" && <span className="bus-advice">{advice}</span>}
      </Cell>
      <Cell label="Firmware">{live?.identity?.firmware ?? "not known"}</Cell>
      <Cell label="Lost or damaged">{live ? troubleWords(live.counters) : "not known"}</Cell>
      <Cell label="Replies within">{live ? <LatencyPlot latency={live.counters.latency} /> : "not known"}</Cell>
    </tr>
  );
}
