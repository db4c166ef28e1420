import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { ControllerRowFragment } from "../../gql/operations";
import { faultsOf } from "../../testing/accessible";
import { accepted, type Answers, refused, showScreen } from "../../testing/configuration";
import { aController, controllerSettings } from "../../testing/devices";
import { noDialogs } from "../../testing/dialog";
import { NEW } from "../place";
import { ControllerList } from "./ControllerList";
import { ControllerScreen } from "./ControllerScreen";
import { settingsDraft, settingsInput } from "./ControllerSettings";

beforeEach(noDialogs);
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const HOUSE = aController({ id: "k1", name: "This server", embedded: true, enrolled: false, certificateExpiresAt: null });
const NEW_ONE = aController({
  enrolled: false,
  connected: false,
  connectedAt: null,
  lastContactAt: null,
  certificateExpiresAt: null,
});
const CODE = "5SWT-MJFP-KGE9-GFZV-11AR-XYE6-GZ1K-5MNQ";
const QUARTER_MS = 15 * 60_000;

function answers(controllers: readonly ControllerRowFragment[], more: Answers = {}): Answers {
  return {
    ControllerList: { controllers, site: controllerSettings() },
    SetControllerSettings: accepted({ site: controllerSettings() }),
    CreateController: accepted({ controller: aController() }),
    RenameController: accepted({ controller: aController() }),
    RevokeController: accepted({ controller: aController() }),
    DeleteController: accepted({ deletedId: "k2" }),
    IssueEnrolmentCode: () =>
      accepted({ code: CODE, expiresAt: new Date(Date.now() + QUARTER_MS).toISOString(), port: 8443 }),
    ...more,
  };
}

const showList = (more: Answers = {}, writable = true) =>
  showScreen(<ControllerList writable={writable} />, answers([aController(), HOUSE], more));
const showOne = (controller: ControllerRowFragment, more: Answers = {}, writable = true) =>
  showScreen(<ControllerScreen id={controller.id} writable={writable} />, answers([controller, HOUSE], more));
const dialog = () => within(screen.getByRole("dialog"));

test("controllers are listed with how they are, and accessible", async () => {
  const { container } = showList();
  const row = await screen.findByRole("row", { name: /^Annexe Online since/ });
  expect(row).toHaveTextContent("All stored");
  expect(row).toHaveTextContent("0.120 s behind");
  expect(row).toHaveTextContent("12, the site’s is 14");
  expect(screen.getByRole("row", { name: /^This server .* Not needed inside the server/ })).toBeDefined();
  expect(await faultsOf(container)).toEqual([]);
});

test("one controller is shown with all that is known of it", async () => {
  const { container } = showOne(aController({ backlog: 10 }));
  const facts = within(await screen.findByRole("region", { name: "As it is now" }));
  const said = facts.getAllByRole("term").map((term) => `${term.textContent}: ${term.nextElementSibling?.textContent}`);
  expect(said).toContain("Connects from: 10.0.0.5");
  expect(said).toContain("Journal: Catching up 10 of at most 1,000,000 events are not stored here, the oldest is number 2,001");
  expect(said).toContain("Journal keeps: 1,000,000 events; 120 days of those that the server has");
  expect(said).toContain("Round trip: 3 ms");
  expect(await faultsOf(container)).toEqual([]);
});

test("the list is asked for again while the page is seen, and not while it is not", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const { asked } = showList();
  await screen.findByRole("row", { name: /^Annexe/ });
  const before = asked.length;
  const seen = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  await act(() => vi.advanceTimersByTimeAsync(11_000));
  expect(asked.length).toBe(before);
  seen.mockReturnValue("visible");
  await act(() => vi.advanceTimersByTimeAsync(5000));
  expect(asked.length).toBeGreaterThan(before);
  seen.mockRestore();
});

test("the settings of every controller are saved in hours, events and days", async () => {
  const { sent } = showList();
  const hours = await screen.findByLabelText("Alone before the alarm, hours");
  await userEvent.clear(hours);
  await userEvent.type(hours, "1.5");
  await userEvent.click(screen.getByLabelText(/^A controller that is alone for too long/));
  await userEvent.click(screen.getByLabelText(/^Go by schedules even/));
  await userEvent.click(screen.getByText("Save the settings"));
  expect(await screen.findByText("The settings are saved.")).toBeDefined();
  expect(sent("SetControllerSettings")).toEqual({
    input: {
      expectedVersion: 4,
      journalEvents: 1_000_000,
      journalKeeps: "P120D",
      aloneAlarm: "PT1H30M",
      staleAfter: "P3D",
      trustsClock: true,
    },
  });
});

test("settings that somebody else has saved meanwhile are loaded again", async () => {
  const message = "Somebody else has changed this meanwhile. Load it again and repeat the change.";
  const { asked } = showList({ SetControllerSettings: refused("CONFLICT", message, "expectedVersion") });
  await userEvent.click(await screen.findByText("Save the settings"));
  expect(await screen.findByText(message)).toBeDefined();
  const before = asked.length;
  await userEvent.click(screen.getByText("Load it again and drop my changes"));
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(before));
});

test("what is wrong with a setting stands at it", async () => {
  const message = "A journal keeps 1,000 to 10,000,000 events.";
  showList({ SetControllerSettings: refused("VALIDATION", message, "journalEvents") });
  await userEvent.click(await screen.findByText("Save the settings"));
  await vi.waitFor(() => expect(screen.getByLabelText("Events that a journal keeps")).toHaveAccessibleDescription(expect.stringContaining(message)));
  await vi.waitFor(() => expect(screen.getByLabelText("Events that a journal keeps")).toHaveFocus());
});

test("settings that are typed as they are shown stay what they are", () => {
  const settings = controllerSettings({ aloneAlarm: null, staleAfter: "PT1M30S" });
  expect({ version: settings.version, ...settingsInput(settingsDraft(settings)) }).toEqual(settings);
  expect(settingsInput({ ...settingsDraft(settings), staleHours: "" }).staleAfter).toBe("-PT1S");
});

test("a new controller is created by its name", async () => {
  const { sent } = showScreen(<ControllerScreen id={NEW} writable />, answers([HOUSE]));
  await userEvent.type(await screen.findByLabelText(/^Name/), " Annexe ");
  await userEvent.click(screen.getByText("Create the controller"));
  await vi.waitFor(() => expect(location.hash).toBe("#/configuration/controllers/k2"));
  expect(sent("CreateController")).toEqual({ name: "Annexe" });
});

test("a code is shown once with the command to run, counted down until it ends", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const expiresAt = new Date(Date.now() + 10_000).toISOString();
  const { container, sent } = showOne(NEW_ONE, { IssueEnrolmentCode: accepted({ code: CODE, expiresAt, port: 8443 }) });
  await userEvent.click(await screen.findByRole("button", { name: "Enrol" }));
  await userEvent.click(dialog().getByText("Issue a code"));
  expect(await dialog().findByTestId("enrolment-code")).toHaveTextContent(CODE);
  expect(dialog().getByTestId("enrolment-command").textContent).toBe(
    `doorward controller \\\n  --server wss://localhost:8443 \\\n  --data /var/lib/doorward-controller \\\n  --enrol ${CODE}`,
  );
  expect(dialog().getByRole("timer")).toHaveTextContent(/^0:(10|0\d)$/);
  expect(sent("IssueEnrolmentCode")).toEqual({ id: "k2" });
  expect(await faultsOf(container)).toEqual([]);
  await act(() => vi.advanceTimersByTimeAsync(11_000));
  expect(dialog().queryByTestId("enrolment-code")).toBeNull();
  expect(dialog().getByText("The code has ended without being used. Issue another one.")).toBeDefined();
});

test("the dialog says when the code was used", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  let now = NEW_ONE;
  showOne(NEW_ONE, { ControllerList: () => ({ controllers: [now], site: controllerSettings() }) });
  await userEvent.click(await screen.findByRole("button", { name: "Enrol" }));
  await userEvent.click(dialog().getByText("Issue a code"));
  await dialog().findByTestId("enrolment-code");
  now = aController();
  await vi.advanceTimersByTimeAsync(5500);
  expect(await dialog().findByText(/^Annexe has used the code and is enrolled/)).toBeDefined();
  expect(dialog().queryByTestId("enrolment-code")).toBeNull();
});

test("a server that takes no controllers in says how it would", async () => {
  const expiresAt = new Date(Date.now() + QUARTER_MS).toISOString();
  showOne(NEW_ONE, { IssueEnrolmentCode: accepted({ code: CODE, expiresAt, port: null }) });
  await userEvent.click(await screen.findByRole("button", { name: "Enrol" }));
  await userEvent.click(dialog().getByText("Issue a code"));
  expect(await dialog().findByRole("alert")).toHaveTextContent("--controllers-port 8443");
});

test("the code is copied; where that is forbidden it is selected", async () => {
  const user = userEvent.setup();
  showOne(NEW_ONE);
  await user.click(await screen.findByRole("button", { name: "Enrol" }));
  await user.click(dialog().getByText("Issue a code"));
  await user.click(await dialog().findByText("Copy the code"));
  expect(await dialog().findByText("Copied.")).toBeDefined();
  expect(await navigator.clipboard.readText()).toBe(CODE);
  vi.spyOn(navigator.clipboard, "writeText").mockRejectedValueOnce(new Error("forbidden"));
  await user.click(dialog().getByText("Copy the code"));
  expect(await dialog().findByText(/^It is selected/)).toBeDefined();
  expect(String(getSelection())).toBe(CODE);
});

test("revoking asks first, and says what happens", async () => {
  const { sent } = showOne(aController());
  await userEvent.click(await screen.findByText("Revoke"));
  expect(dialog().getByText(/Its doors go on by the policy that it has/)).toBeDefined();
  expect(sent("RevokeController")).toBeUndefined();
  await userEvent.click(dialog().getByText("Revoke its certificate"));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent("RevokeController")).toEqual({ id: "k2" });
});

test("a controller with doors stays, and the answer names them", async () => {
  const message = "The controller Annexe still has: door Gate. Give them another controller first.";
  showOne(aController(), { DeleteController: refused("CONFLICT", message, "id") });
  await userEvent.click(await screen.findByText("Delete"));
  await userEvent.click(dialog().getByText("Delete it"));
  expect(await dialog().findByText(message)).toBeDefined();
});

test("a name that another has is said at the name", async () => {
  const { container } = showOne(aController(), {
    RenameController: refused("CONFLICT", "Another controller is called House.", "name"),
  });
  await userEvent.type(await screen.findByLabelText(/^Name/), "!");
  await userEvent.click(screen.getByText("Save"));
  await vi.waitFor(() => expect(screen.getByLabelText(/^Name/)).toBeInvalid());
  expect(await faultsOf(container)).toEqual([]);
});

test("the server's own controller is shown, and nothing can be done with it", async () => {
  showOne(HOUSE);
  expect(await screen.findByText(/^It runs inside the server/)).toBeDefined();
  expect(screen.queryByRole("button")).toBeNull();
});

test("who may only look sees it all and can change nothing", async () => {
  showOne(aController(), {}, false);
  expect(await screen.findByLabelText(/^Name/)).toBeDisabled();
  expect(screen.queryByText("Enrol anew")).toBeNull();
  expect(screen.queryByText("Revoke")).toBeNull();
});
