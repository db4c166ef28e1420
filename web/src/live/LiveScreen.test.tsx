import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";

import { faultsOf } from "../testing/accessible";
import { showScreen } from "../testing/configuration";
import { aViewer } from "../testing/people";
import type { LiveLine, Watcher } from "./live-line";
import { LiveScreen } from "./LiveScreen";

const CAMERAS = {
  cameras: [
    { id: "c1", name: "Yard", state: "RECORDING", detail: "" },
    { id: "c2", name: "Gate", state: "RECORDING", detail: "" },
  ],
};

let watched: Map<string, Watcher>;
let line: LiveLine;

beforeEach(() => {
  watched = new Map();
  line = {
    watch: (cameraId, watcher) => {
      watched.set(cameraId, watcher);
      return () => watched.delete(cameraId);
    },
  };
});

function show(...more: string[]) {
  return showScreen(<LiveScreen viewer={aViewer(["camera.view", "video.live", ...more])} line={line} />, { Cameras: CAMERAS });
}

test("every camera is watched and named, and no longer when the page is left", async () => {
  const { container, unmount } = show("snapshot.take");
  const yard = await screen.findByRole("article", { name: "Yard" });
  await vi.waitFor(() => expect([...watched.keys()]).toEqual(["c1", "c2"]));
  expect(within(yard).getByTestId("live-state")).toHaveTextContent("Connecting");
  expect(within(yard).getByRole("link", { name: "Snapshot of Yard" })).toHaveAttribute("href", "/cameras/c1/snapshot.jpg");
  expect(await faultsOf(container)).toEqual([]);
  unmount();
  expect(watched.size).toBe(0);
});

test("one camera is shown large, alone, until Escape", async () => {
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Enlarge Gate" }));
  expect([...watched.keys()]).toEqual(["c2"]);
  expect(screen.getByRole("button", { name: "Enlarge Gate" })).toHaveAttribute("aria-pressed", "true");
  await userEvent.keyboard("{Escape}");
  expect(screen.getAllByTestId("live-tile")).toHaveLength(2);
});

test("a snapshot is offered to those who may take one", async () => {
  show();
  await screen.findByRole("article", { name: "Yard" });
  expect(screen.queryByTestId("live-snapshot")).toBeNull();
});

test("what cannot be shown says why", async () => {
  show();
  const yard = await screen.findByRole("article", { name: "Yard" });
  act(() => watched.get("c1")?.ended("You may not watch this camera live any more."));
  expect(yard).toHaveAttribute("data-phase", "refused");
  expect(yard).toHaveTextContent("You may not watch this camera live any more.");
  act(() => watched.get("c2")?.lost());
  expect(screen.getByRole("article", { name: "Gate" })).toHaveTextContent("The server cannot be reached.");
});

test("a browser that cannot show the codec says so", async () => {
  show();
  const yard = await screen.findByRole("article", { name: "Yard" });
  act(() => watched.get("c1")?.init({ codec: "hvc1.1.6.L93.B0", width: 640, height: 360 }));
  expect(yard).toHaveTextContent("This browser cannot show live pictures.");
});
