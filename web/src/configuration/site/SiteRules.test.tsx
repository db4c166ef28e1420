import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";

import { faultsOf } from "../../testing/accessible";
import { accepted, refused, showScreen } from "../../testing/configuration";
import { SiteRules } from "./SiteRules";

afterEach(() => vi.unstubAllGlobals());

const SITE = { SiteRules: { site: { reasonsFor: ["LOCK"], version: 7 } }, CommandReasons: { commandReasons: [] } };

test("what needs a reason is chosen, from the version that was seen", async () => {
  const { container, sent } = showScreen(<SiteRules writable />, { ...SITE, SetSiteRules: accepted() });
  expect(await screen.findByLabelText("Lock, of a door or a zone")).toBeChecked();
  await userEvent.click(screen.getByLabelText("Unlock, of a door or a zone"));
  await userEvent.click(screen.getByLabelText("Lock, of a door or a zone"));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(sent("SetSiteRules")).toEqual({ input: { expectedVersion: 7, reasonsFor: ["UNLOCK"] } });
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(await faultsOf(container)).toEqual([]);
});

test("who has changed the site meanwhile is not overwritten", async () => {
  showScreen(<SiteRules writable />, { ...SITE, SetSiteRules: refused("CONFLICT", "Somebody else has changed this.", "expectedVersion") });
  await userEvent.click(await screen.findByLabelText("Reset, of a door or a zone"));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("button", { name: "Load it again and drop my changes" })).toBeVisible();
});

test("who may not write only reads", async () => {
  showScreen(<SiteRules writable={false} />, SITE);
  expect(await screen.findByLabelText("Lock, of a door or a zone")).toBeDisabled();
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
});
