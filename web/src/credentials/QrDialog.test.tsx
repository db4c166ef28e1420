import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Api, fakeApi } from "../testing/api";
import { noDialogs } from "../testing/dialog";
import { ManualWait } from "../testing/wait";
import { QrDialog } from "./QrDialog";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

function show(validUntil: string) {
  const waiting = new ManualWait();
  const next = { svg: "<svg>next</svg>", validUntil };
  const { api } = fakeApi(() => ({ outcome: { code: next, errors: [] } }));
  render(
    <Api api={api}>
      <QrDialog credentialId="k1" dynamic code={{ svg: "<svg/>", validUntil }} onClose={() => undefined} wait={waiting.wait} />
    </Api>,
  );
  return waiting;
}

test("a dynamic code is covered when its time is over, until the next one is asked for", async () => {
  const waiting = show(new Date(Date.now() + 20_000).toISOString());
  expect(screen.getByAltText(/The QR code/)).toBeVisible();
  expect(waiting.delays[0]).toBeLessThanOrEqual(20_000);
  act(() => waiting.pass());
  expect(screen.queryByAltText(/The QR code/)).toBeNull();
  expect(screen.getByRole("status")).toHaveTextContent("This code is over.");
  await userEvent.click(screen.getByText("Show the next code"));
  expect(await screen.findByAltText(/The QR code/)).toHaveAttribute("src", expect.stringContaining("next"));
  expect(waiting.delays).toHaveLength(1);
});

test("a clock that differs from the server's covers no code at once, and keeps none for ever", () => {
  expect(show("2020-01-01T00:00:00Z").delays).toEqual([30_000]);
  expect(show("2999-01-01T00:00:00Z").delays).toEqual([30_000]);
});
