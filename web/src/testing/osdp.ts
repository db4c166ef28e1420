import type { Whole } from "../api/use-whole";
import type { BusDeviceFragment, OrderStateFragment, OsdpBusesQuery, OsdpRowFragment } from "../gql/operations";

/** The reader of the office as it is configured, unless told otherwise. */
export function anOsdpRow(given: Partial<OsdpRowFragment> = {}): OsdpRowFragment {
  return {
    id: "v1",
    version: 4,
    name: "Office in",
    controllerId: "k1",
    role: "READER",
    doorName: "Office",
    readerId: "r1",
    readerName: "Office in",
    port: "/dev/bus",
    address: 1,
    baud: 9_600,
    nextAddress: null,
    nextBaud: null,
    keyPlanned: false,
    ...given,
  };
}

/** The same device online on its line, unless told otherwise. */
export function aBusDevice(given: Partial<BusDeviceFragment> = {}): BusDeviceFragment {
  const replies = [90, 8, 2, 0, 0, 0, 0];
  return {
    deviceId: "v1",
    address: 1,
    online: true,
    onlineSince: "2026-03-02T12:00:00.000Z",
    installMode: false,
    problem: "",
    identity: { vendor: "00d00d", model: 1, version: 2, serial: "00000005", firmware: "1.2.3" },
    capabilities: [
      { code: 4, level: 1, items: 1 },
      { code: 99, level: 1, items: 0 },
    ],
    counters: {
      commands: 1000,
      replies: 100,
      naks: 0,
      damaged: 3,
      unanswered: 7,
      repeated: 7,
      outOfTurn: 0,
      latency: [5, 10, 20, 50, 100, 200, null].map((upToMs, at) => ({ upToMs, replies: replies[at] ?? 0 })),
    },
    ...given,
  };
}

/** One controller with one line. */
export function someBuses(rows: OsdpRowFragment[], live: BusDeviceFragment[], problem = ""): Whole<OsdpBusesQuery> {
  const buses = live.length === 0 ? [] : [{ port: "/dev/bus", baud: 9_600, devices: live }];
  return { osdpBuses: [{ controllerId: "k1", controllerName: "House", problem, buses }], osdpDevices: rows };
}

/** An order that waits for its device, unless told otherwise. */
export function anOrder(given: Partial<OrderStateFragment> = {}): OrderStateFragment {
  return { id: "o1", deviceId: "v1", step: "WAITING", ended: false, detail: "", done: 0, total: 0, ...given };
}
