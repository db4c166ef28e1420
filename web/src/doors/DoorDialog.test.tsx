import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";

import { toLocalField } from "../app/clock";
import { faultsOf } from "../testing/accessible";
import { noDialogs } from "../testing/dialog";
import { aDoor } from "../testing/doors";
import { DoorDialog } from "./DoorDialog";

beforeEach(noDialogs);

const HOUR_MS = 3_600_000;

function show() {
  const onChoose = vi.fn<Parameters<typeof DoorDialog>[0]["onChoose"]>();
  const manual = { setting: "LOCKED", until: null, setBy: "eve" } as const;
  const { container } = render(
    <DoorDialog door={aDoor({ source: "OPERATOR", manual })} onChoose={onChoose} onClose={() => undefined} />,
  );
  return { onChoose, container };
}

/** The value of the end field, some hours from now. */
const inHours = (hours: number): string => toLocalField(new Date(Date.now() + hours * HOUR_MS).toISOString());

test("the dialog says how the door stands and who set it", async () => {
  const { container } = show();
  expect(screen.getByTestId("door-dialog-state")).toHaveTextContent("Locked by eve, until reset.");
  expect(await faultsOf(container)).toEqual([]);
});

test("a grant goes with its reason and time, and no end", async () => {
  const { onChoose } = show();
  await userEvent.type(screen.getByLabelText("Reason"), " delivery ");
  await userEvent.type(screen.getByLabelText("Ends at"), inHours(2));
  await userEvent.selectOptions(screen.getByLabelText("A grant lasts"), "1 minute");
  await userEvent.click(screen.getByRole("button", { name: "Grant access" }));
  expect(onChoose).toHaveBeenCalledWith("grant", { reason: "delivery", until: null, durationMs: 60_000 });
});

test("a lock goes with its end, and no time of a grant", async () => {
  const { onChoose } = show();
  const end = inHours(2);
  await userEvent.type(screen.getByLabelText("Ends at"), end);
  await userEvent.selectOptions(screen.getByLabelText("A grant lasts"), "1 minute");
  await userEvent.click(screen.getByRole("button", { name: "Lock" }));
  expect(onChoose).toHaveBeenCalledWith("lock", { reason: "", until: new Date(end).toISOString(), durationMs: null });
});

test("an end that is over is refused at its field, and nothing is done", async () => {
  const { onChoose } = show();
  await userEvent.type(screen.getByLabelText("Ends at"), inHours(-2));
  await userEvent.click(screen.getByRole("button", { name: "Lockdown" }));
  expect(screen.getByLabelText("Ends at")).toHaveAccessibleDescription(/The end is later than now\./);
  expect(onChoose).not.toHaveBeenCalled();
});

test.each([
  ["Unlock", "unlock"],
  ["Lockdown", "lockdown"],
] as const)("%s is done after a question only", async (label, action) => {
  const { onChoose, container } = show();
  await userEvent.type(screen.getByLabelText("Reason"), "drill");
  await userEvent.click(screen.getByRole("button", { name: label }));
  expect(onChoose).not.toHaveBeenCalled();
  expect(screen.getByTestId("door-question")).toHaveFocus();
  expect(screen.getByTestId("door-question")).toHaveTextContent(`${label}: Office?`);
  expect(await faultsOf(container)).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Back" }));
  expect(screen.getByLabelText("Reason")).toHaveValue("drill");
  await userEvent.click(screen.getByRole("button", { name: label }));
  await userEvent.click(screen.getByTestId("door-action-confirm"));
  expect(onChoose).toHaveBeenCalledWith(action, { reason: "drill", until: null, durationMs: null });
});
