import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import type { Sink } from "../api/socket";
import { Viewing } from "../session/viewing";
import { aViewer } from "../testing/people";
import { type Change, Changed, Changes } from "./Changed";

function show() {
  const sinks: Sink<Change>[] = [];
  const open = vi.fn<(kind: string, id: string, sink: Sink<Change>) => () => void>((_kind, _id, sink) => {
    sinks.push(sink);
    return () => undefined;
  });
  const onReload = vi.fn<() => void>();
  render(
    <Viewing value={aViewer()}>
      <Changes value={open}>
        <Changed kind="SCHEDULE" id="s1" onReload={onReload} />
      </Changes>
    </Viewing>,
  );
  const happen = (change: Change): void => act(() => sinks.at(-1)?.next(change));
  return { open, onReload, happen, sinks };
}

test("what somebody else changes is told with their name, and can be loaded again", async () => {
  const { open, onReload, happen } = show();
  expect(open.mock.calls[0]?.slice(0, 2)).toEqual(["SCHEDULE", "s1"]);
  happen({ change: "UPDATED", userId: "u2", userName: "Mallory" });
  expect(screen.getByRole("status")).toHaveTextContent("Changed by Mallory meanwhile.");
  await userEvent.click(screen.getByRole("button", { name: "Load it again" }));
  expect(onReload).toHaveBeenCalledOnce();
  expect(screen.getByRole("status")).toBeEmptyDOMElement();
});

test("what one changes oneself is not told", () => {
  const { happen } = show();
  happen({ change: "UPDATED", userId: "u1", userName: "Eve" });
  expect(screen.getByRole("status")).toBeEmptyDOMElement();
});

test("who may not follow it is asked no more", () => {
  const { open, sinks } = show();
  act(() => sinks[0]?.ended("You may not."));
  expect(open).toHaveBeenCalledOnce();
  expect(screen.getByRole("status")).toBeEmptyDOMElement();
});
