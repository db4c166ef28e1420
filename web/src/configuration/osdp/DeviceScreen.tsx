import { dateWords } from "../../app/clock";
import { Badge } from "../../ui/Badge";
import { Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { configurationHref, inConfiguration } from "../place";
import { CapturePart } from "./CapturePart";
import { FilePart } from "./FilePart";
import { KeyPart } from "./KeyPart";
import { LatencyPlot } from "./LatencyPlot";
import { MovePart } from "./MovePart";
import { adviceWords, capabilityWords, deviceTitle, servesWords, stateBadge } from "./osdp-words";
import { PlaceEditor } from "./PlaceEditor";
import { type Device, useBuses } from "./use-buses";
import "./osdp.css";

/** One OSDP device: how it stands, where it is, and all that can be done with it. */
export function DeviceScreen({ id, writable }: { id: string; writable: boolean }) {
  const { data, error, ask } = useBuses();
  const row = data?.osdpDevices.find((one) => one.id === id);
  const live = data?.osdpBuses
    .flatMap(({ buses }) => buses)
    .flatMap(({ devices }) => devices)
    .find(({ deviceId }) => deviceId === id);
  const others = data?.osdpDevices.filter((one) => one.id !== id && one.port === row?.port && one.controllerId === row?.controllerId);
  return (
    <EditorPage section="osdp" title={row ? deviceTitle(row) : "OSDP device"} error={data === undefined ? error : undefined} state={stateOf(data, row)}>
      {(onSaved) =>
        row && (
          <div className="hardware">
            <HowItStands device={{ row, live }} />
            {live && <TheLine live={live} />}
            <PlaceEditor
              key={[row.name, row.port, row.address, row.baud, row.readerId].join()}
              row={row}
              shared={(others ?? []).length}
              writable={writable}
              onSaved={onSaved}
              onReload={ask}
            />
            {writable && (
              <>
                <KeyPart row={row} live={live} onChanged={ask} />
                <MovePart row={row} alone={(others ?? []).length === 0} onChanged={ask} />
                <FilePart deviceId={id} name={deviceTitle(row)} online={live?.online ?? false} onChanged={ask} />
                <CapturePart deviceId={id} port={row.port} />
              </>
            )}
          </div>
        )
      }
    </EditorPage>
  );
}

function HowItStands({ device: { row, live } }: { device: Device }) {
  const advice = adviceWords(live);
  const identity = live?.identity;
  return (
    <Part title="How it stands" end={<Badge {...stateBadge(live)} />}>
      {advice !== "" && <p className="note-problem">{advice}</p>}
      <dl className="osdp-facts">
        <Fact name="What it is" value={servesWords(row)} />
        <Fact name="Found at" value={`${row.port}, address ${live?.address ?? row.address}`} />
        <Fact
          name="Secure channel"
          value={live?.online && live.onlineSince ? `up since ${dateWords(Date.parse(live.onlineSince))}` : "not up"}
        />
        {identity && (
          <>
            <Fact name="Firmware" value={identity.firmware} />
            <Fact name="Maker (OUI), model, version" value={`${identity.vendor}, ${identity.model}, ${identity.version}`} />
            <Fact name="Serial number" value={identity.serial} />
          </>
        )}
      </dl>
      {row.readerId !== null && (
        <p>
          <a href={configurationHref(inConfiguration("readers", row.readerId))}>Card formats and PIN rules of the reader</a>
        </p>
      )}
      {live && live.capabilities.length > 0 && (
        <details>
          <summary>What it says it can do</summary>
          <ul className="capabilities">
            {live.capabilities.map((one) => (
              <li key={one.code}>{capabilityWords(one)}</li>
            ))}
          </ul>
        </details>
      )}
    </Part>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function number(value: number): string {
  return value.toLocaleString();
}

function TheLine({ live: { counters } }: { live: NonNullable<Device["live"]> }) {
  return (
    <Part title="The line">
      <dl className="osdp-facts osdp-facts-numbers">
        <Fact name="Messages sent" value={number(counters.commands)} />
        <Fact name="Answered" value={number(counters.replies)} />
        <Fact name="Without an answer" value={number(counters.unanswered)} />
        <Fact name="Sent again" value={number(counters.repeated)} />
        <Fact name="Damaged answers" value={number(counters.damaged)} />
        <Fact name="Refusals (NAK)" value={number(counters.naks)} />
        <Fact name="Answers out of turn" value={number(counters.outOfTurn)} />
      </dl>
      <figure className="latency-figure">
        <figcaption className="quiet">How long its answers took, in milliseconds</figcaption>
        <LatencyPlot latency={counters.latency} large />
      </figure>
      <p className="quiet">
        Since its controller began to drive it. Damaged answers point to the cable, the baud rate, or two devices with one
        address; slow ones to a converter with a packing delay.
      </p>
    </Part>
  );
}
