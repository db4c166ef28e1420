import { useEffect } from "react";
import { type CombinedError } from "urql";

import { useWhole, type Whole } from "../../api/use-whole";
import { type BusDeviceFragment, OsdpBusesDocument, type OsdpBusesQuery, type OsdpRowFragment } from "../../gql/operations";

export const REFRESH_MS = 3_000;

export interface Buses {
  data: Whole<OsdpBusesQuery> | undefined;
  error: CombinedError | undefined;
  /** Asks again now. */
  ask: () => void;
}

/** The devices and how they stand on their buses, asked for again and again while the page is seen. */
export function useBuses(): Buses {
  const [{ data, error, stale }, again] = useWhole({ query: OsdpBusesDocument, complete: true, requestPolicy: "cache-and-network" });
  useEffect(() => {
    if (stale) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) again({ requestPolicy: "network-only" });
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [again, stale]);
  return { data, error, ask: () => again({ requestPolicy: "network-only" }) };
}

/** A device of the configuration, and how its controller sees it (undefined: it does not tell). */
export interface Device {
  row: OsdpRowFragment;
  live: BusDeviceFragment | undefined;
}

/** A line and what is on it, by address. */
export interface Line {
  port: string;
  baud: number;
  devices: Device[];
}

/** A controller and its lines. `problem` says why it does not tell how they are. */
export interface Lines {
  controllerId: string;
  name: string;
  problem: string;
  lines: Line[];
}

/** Every controller that has OSDP devices, or does not answer. */
export function linesOf({ osdpBuses, osdpDevices }: Whole<OsdpBusesQuery>): Lines[] {
  return osdpBuses
    .map(({ controllerId, controllerName, problem, buses }) => {
      const live = new Map(buses.flatMap(({ devices }) => devices).map((one) => [one.deviceId, one]));
      const lines = new Map<string, Line>();
      for (const row of osdpDevices.filter((one) => one.controllerId === controllerId)) {
        const baud = buses.find(({ port }) => port === row.port)?.baud ?? row.baud;
        const line = lines.get(row.port) ?? { port: row.port, baud, devices: [] };
        line.devices.push({ row, live: live.get(row.id) });
        lines.set(row.port, line);
      }
      return { controllerId, name: controllerName, problem, lines: [...lines.values()] };
    })
    .filter(({ lines }) => lines.length > 0);
}
