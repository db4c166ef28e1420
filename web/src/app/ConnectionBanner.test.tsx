import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Connection } from "../api/socket";
import { createStore } from "../api/store";
import { ConnectionBanner } from "./ConnectionBanner";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a connection that was lost is said to be there again, for a while", () => {
  const connection = createStore<Connection>({ state: "connecting", heardAt: null });
  render(<ConnectionBanner connection={connection} />);
  const banner = screen.getByRole("status");
  const become = (state: Connection["state"]): void => act(() => connection.set({ state, heardAt: 0 }));
  become("connected");
  expect(banner).toBeEmptyDOMElement();
  become("lost");
  expect(banner).toHaveTextContent(/^Reconnecting…/);
  become("connected");
  expect(banner).toHaveTextContent("Connected again. What happened meanwhile is shown now.");
  act(() => void vi.advanceTimersByTime(10_000));
  expect(banner).toBeEmptyDOMElement();
});
