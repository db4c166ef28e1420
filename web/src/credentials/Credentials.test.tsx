import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { CredentialDetailFragment } from "../gql/operations";
import { faultsOf } from "../testing/accessible";
import { Api, fakeApi } from "../testing/api";
import { noDialogs } from "../testing/dialog";
import { aCredential, aViewer, OUTDATED } from "../testing/people";
import { Credentials } from "./Credentials";

beforeEach(noDialogs);
afterEach(() => vi.unstubAllGlobals());

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>';
const PICTURE = `data:image/svg+xml,${encodeURIComponent(SVG)}`;
const PLAIN_TERMS = { name: null, validFrom: null, validTo: null, relativeValidity: null, traced: false, startsLockdown: false };
const FORMATS = [
  { id: "H10301", name: "H10301", active: true, facilityCode: { firstBit: 2 } },
  { id: "H10302", name: "H10302", active: true, facilityCode: null },
  { id: "old", name: "Old one", active: false, facilityCode: null },
];
const DOORS = [
  { id: "d1", name: "Office", readers: [{ id: "r1", name: "Wall", side: "A", online: true }] },
  { id: "d2", name: "Store", readers: [{ id: "r2", name: "Wall", side: "B", online: false }] },
];

interface Given {
  credentials?: CredentialDetailFragment[];
  /** What each operation answers instead of nothing wrong. */
  answers?: Record<string, unknown>;
  viewer?: ReturnType<typeof aViewer>;
}

function show({ credentials = [], answers = {}, viewer = aViewer() }: Given = {}) {
  const refresh = vi.fn<() => void>();
  const { api, asked } = fakeApi(({ operationName }) => {
    if (operationName in answers) return answers[operationName];
    if (operationName === "CardFormatChoices") return { cardFormats: FORMATS };
    if (operationName === "EnrolmentReaders") return { doors: DOORS };
    return { outcome: { credential: { id: "k9", name: "QR", kind: "QR" }, id: "k1", code: null, invitation: null, errors: [] } };
  });
  const { container } = render(
    <Api api={api}>
      <Credentials cardholderId="c1" credentials={credentials} viewer={viewer} refresh={refresh} />
    </Api>,
  );
  const sent = (operation: string) => asked.filter((each) => each.operationName === operation).map(({ variables }) => variables);
  return { sent, refresh, container };
}

async function startAdding(kind?: string): Promise<void> {
  await userEvent.click(screen.getByTestId("add-credential"));
  if (kind !== undefined) await userEvent.selectOptions(screen.getByLabelText("Kind"), kind);
}

const add = () => userEvent.click(screen.getByRole("button", { name: "Add the credential" }));

test("each credential is shown with its kind, its condition and its validity", async () => {
  const { container } = show({
    credentials: [
      aCredential({ status: "LOST", condition: "LOST" }),
      aCredential({ id: "k2", kind: "PLATE", name: "Van", plate: "BXY123", traced: true, startsLockdown: true }),
      aCredential({ id: "k3", kind: "MOBILE", name: "Phone", condition: "NOT_PAIRED" }),
      aCredential({ id: "k4", kind: "PIN", name: "PIN", condition: "EXPIRED", hasDuressPin: true }),
    ],
  });
  const rows = screen.getAllByTestId("credential").map((row) => row.textContent);
  for (const words of ["H10301, facility 17, number 1042", "Lost"]) expect(rows[0]).toContain(words);
  for (const words of ["Van", "Licence plate: BXY123", "Traced", "Starts a lockdown"]) expect(rows[1]).toContain(words);
  expect(rows[2]).toContain("Not paired");
  for (const words of ["With a duress PIN", "Expired"]) expect(rows[3]).toContain(words);
  expect(await faultsOf(container)).toEqual([]);
});

test("a card is added by its format and number, with a validity that counts from its first use", async () => {
  const { sent, refresh, container } = show();
  await startAdding();
  await screen.findByRole("option", { name: "H10302" });
  expect(screen.queryByRole("option", { name: /Old one/ })).toBeNull();
  await userEvent.type(screen.getByLabelText("Facility code"), "17");
  await userEvent.type(screen.getByLabelText(/Card number/), " 1042 ");
  await userEvent.selectOptions(screen.getByLabelText("Valid to"), "From first use");
  await userEvent.clear(screen.getByLabelText("Ends so long after the first use"));
  await userEvent.type(screen.getByLabelText("Ends so long after the first use"), "5");
  await userEvent.selectOptions(screen.getByLabelText("Counted in"), "times");
  await userEvent.click(screen.getByLabelText("Trace"));
  expect(await faultsOf(container)).toEqual([]);
  await add();
  const terms = { ...PLAIN_TERMS, traced: true, relativeValidity: { start: "FIRST_USE", amount: 5, unit: "USES" } };
  await vi.waitFor(() =>
    expect(sent("CreateCardCredential")).toEqual([
      { input: { cardholderId: "c1", format: "H10301", facilityCode: "17", number: "1042", terms } },
    ]),
  );
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(refresh).toHaveBeenCalled();
});

test("a format without a facility code is not asked for one", async () => {
  show();
  await startAdding();
  await screen.findByRole("option", { name: "H10302" });
  await userEvent.selectOptions(screen.getByLabelText("Format"), "H10302");
  expect(screen.queryByLabelText("Facility code")).toBeNull();
});

test("uses are counted from the first one only", async () => {
  const { sent } = show();
  await startAdding("Licence plate");
  await userEvent.type(screen.getByLabelText(/Plate number/), "B1");
  await userEvent.selectOptions(screen.getByLabelText("Valid to"), "From first use");
  await userEvent.selectOptions(screen.getByLabelText("Counted in"), "times");
  await userEvent.selectOptions(screen.getByLabelText("Valid to"), "From last use");
  expect(screen.getByLabelText("Counted in")).toHaveValue("DAYS");
  expect(screen.queryByRole("option", { name: "times" })).toBeNull();
  await add();
  const relativeValidity = { start: "LAST_USE", amount: 30, unit: "DAYS" };
  await vi.waitFor(() => expect(sent("CreatePlate")).toMatchObject([{ input: { terms: { relativeValidity } } }]));
});

test("a card that belongs to somebody is refused at its number, in the server's words", async () => {
  const message = "This card belongs to Grace Hopper already.";
  const refused = { outcome: { credential: null, errors: [{ code: "CONFLICT", message, path: ["number"] }] } };
  show({ answers: { CreateCardCredential: refused } });
  await startAdding();
  await userEvent.type(screen.getByLabelText(/Card number/), "1042");
  await add();
  const field = screen.getByLabelText(/Card number/);
  await vi.waitFor(() => expect(field).toHaveAccessibleDescription(message));
  await vi.waitFor(() => expect(field).toHaveFocus());
});

test("what is not a number is told at its field and not sent", async () => {
  const { sent } = show();
  await startAdding();
  await userEvent.type(screen.getByLabelText(/Card number/), "12a");
  await add();
  expect(screen.getByLabelText(/Card number/)).toHaveAccessibleDescription("Enter a whole number, in digits.");
  expect(sent("CreateCardCredential")).toEqual([]);
});

function aRead(given: object) {
  return {
    lastRead: { at: "2026-03-02T12:00:00Z", bits: null, readings: [], credential: null, cardholderId: null, cardholderName: null, ...given },
  };
}

test("the last card read at a reader fills the form, unless nobody showed one", async () => {
  const reading = { format: "H10302", facilityCode: null, number: "99" };
  const answers: Record<string, unknown> = { LastRead: { lastRead: null } };
  const { sent } = show({ answers });
  await startAdding();
  await userEvent.selectOptions(await screen.findByLabelText("Reader"), "Store, side B: Wall (offline)");
  await userEvent.click(screen.getByTestId("take-read"));
  expect(await screen.findByText(/No card was shown there in the last minute/)).toBeVisible();
  answers["LastRead"] = aRead({ bits: "1".repeat(37), readings: [reading] });
  await userEvent.click(screen.getByTestId("take-read"));
  await vi.waitFor(() => expect(screen.getByLabelText(/Card number/)).toHaveValue("99"));
  expect(sent("LastRead")[0]).toEqual({ readerId: "r2", within: "PT1M" });
  await add();
  await vi.waitFor(() => expect(sent("CreateCardCredential")).toHaveLength(1));
  expect(sent("CreateCardCredential")[0]).toMatchObject({ input: { format: "H10302", facilityCode: null, number: "99" } });
});

test("a card that no format reads is taken with its bits", async () => {
  const { sent } = show({ answers: { LastRead: aRead({ bits: "0101" }) } });
  await startAdding();
  await userEvent.click(await screen.findByTestId("take-read"));
  await vi.waitFor(() => expect(screen.getByLabelText("Bits")).toHaveValue("0101"));
  await add();
  await vi.waitFor(() =>
    expect(sent("CreateCardCredential")).toEqual([{ input: { cardholderId: "c1", rawBits: "0101", terms: PLAIN_TERMS } }]),
  );
});

test("of several readings of one card, the person chooses", async () => {
  const readings = [
    { format: "H10301", facilityCode: "1", number: "2" },
    { format: "old", facilityCode: null, number: "77" },
  ];
  show({ answers: { LastRead: aRead({ bits: "0101", readings }) } });
  await startAdding();
  await userEvent.click(await screen.findByTestId("take-read"));
  const choice = await screen.findByRole("button", { name: "old, number 77" });
  expect(screen.getByLabelText(/Card number/)).toHaveValue("");
  await userEvent.click(choice);
  expect(screen.getByLabelText(/Card number/)).toHaveValue("77");
  expect(screen.getByLabelText("Format")).toHaveDisplayValue("Old one");
});

test("a card that somebody has is not taken, but leads to its owner", async () => {
  const readings = [{ format: "H10301", facilityCode: "1", number: "2" }];
  const known = aRead({ readings, credential: { id: "k7", name: "Blue card" }, cardholderId: "c2", cardholderName: "Grace Hopper" });
  show({ answers: { LastRead: known } });
  await startAdding();
  await userEvent.click(await screen.findByTestId("take-read"));
  expect(await screen.findByRole("link", { name: "Grace Hopper" })).toHaveAttribute("href", "#/cardholders/c2");
  expect(screen.getByLabelText(/Card number/)).toHaveValue("");
});

test("a PIN goes out with its duress PIN only if one is wanted", async () => {
  const { sent } = show();
  await startAdding("PIN");
  await userEvent.type(screen.getByLabelText(/^PIN/), "4711");
  await userEvent.click(screen.getByLabelText("With a duress PIN"));
  await add();
  expect(screen.getByLabelText(/^Duress PIN/)).toBeInvalid();
  await userEvent.type(screen.getByLabelText(/^Duress PIN/), "4712");
  await add();
  await vi.waitFor(() =>
    expect(sent("CreatePin")).toEqual([{ input: { cardholderId: "c1", pin: "4711", duressPin: "4712", terms: PLAIN_TERMS } }]),
  );
});

test("a licence plate is added under the name of the vehicle", async () => {
  const { sent } = show();
  await startAdding("Licence plate");
  await userEvent.type(screen.getByLabelText(/Plate number/), "b xy-123 ");
  await userEvent.type(screen.getByLabelText(/^Name/), "Van");
  await add();
  await vi.waitFor(() =>
    expect(sent("CreatePlate")).toEqual([
      { input: { cardholderId: "c1", plate: "b xy-123", terms: { ...PLAIN_TERMS, name: "Van" } } },
    ]),
  );
});

test("a static QR code is shown as soon as it is made, and can be saved", async () => {
  const made = { outcome: { credential: { id: "k9", name: "QR", kind: "QR" }, code: { svg: SVG, validUntil: null }, errors: [] } };
  const { sent, container } = show({ answers: { CreateQr: made } });
  await startAdding("QR code");
  await add();
  expect(await screen.findByAltText(/The QR code/)).toHaveAttribute("src", PICTURE);
  expect(screen.getByText("Save the picture")).toHaveAttribute("download");
  expect(sent("CreateQr")).toEqual([{ input: { cardholderId: "c1", dynamic: false, terms: PLAIN_TERMS } }]);
  expect(await faultsOf(container)).toEqual([]);
});

test("a QR code is shown again when it is asked for", async () => {
  const shown = { outcome: { code: { svg: SVG, validUntil: null }, errors: [] } };
  const { sent } = show({ answers: { ShowQr: shown }, credentials: [aCredential({ kind: "QR", name: "Code" })] });
  await userEvent.click(screen.getByRole("button", { name: "Show the code: Code" }));
  expect(await screen.findByAltText(/The QR code/)).toHaveAttribute("src", PICTURE);
  expect(sent("ShowQr")).toEqual([{ id: "k1" }]);
});

test("the code of an invitation is shown once", async () => {
  const invitation = { code: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", svg: SVG, expiresAt: "2026-03-03T12:00:00Z" };
  const { refresh } = show({ answers: { CreateMobile: { outcome: { credential: { id: "k9" }, invitation, errors: [] } } } });
  await startAdding("Mobile credential");
  await add();
  expect(await screen.findByTestId("invitation-code")).toHaveTextContent(invitation.code);
  expect(refresh).toHaveBeenCalled();
  await userEvent.click(screen.getByText("I have passed it on"));
  expect(screen.queryByText(invitation.code)).toBeNull();
});

test("an edit sends the terms with the version, and offers to load what came in between", async () => {
  const { sent, refresh } = show({
    credentials: [aCredential({ validTo: "2026-03-02T23:59:59Z" })],
    answers: { UpdateCredential: { outcome: { credential: null, errors: [OUTDATED] } } },
  });
  await userEvent.click(screen.getByRole("button", { name: "Edit: Card" }));
  await userEvent.selectOptions(screen.getByLabelText("Status"), "Suspended");
  await userEvent.click(screen.getByLabelText("Starts a lockdown"));
  await userEvent.click(screen.getByText("Save"));
  await vi.waitFor(() =>
    expect(sent("UpdateCredential")).toEqual([
      {
        input: {
          ...PLAIN_TERMS,
          id: "k1",
          expectedVersion: 5,
          status: "SUSPENDED",
          name: "Card",
          validTo: "2026-03-02T23:59:59Z",
          startsLockdown: true,
        },
      },
    ]),
  );
  await userEvent.click(await screen.findByText("Load it again and drop my changes"));
  expect(refresh).toHaveBeenCalled();
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a status is set in the list, for when somebody calls that a card is lost", async () => {
  const { sent } = show({ credentials: [aCredential()] });
  await userEvent.selectOptions(screen.getByLabelText("Status of Card"), "Lost");
  expect(sent("UpdateCredential")).toEqual([{ input: { id: "k1", expectedVersion: 5, status: "LOST" } }]);
});

test("a PIN gets other digits, and its duress PIN stays unless it is changed", async () => {
  const { sent } = show({ credentials: [aCredential({ kind: "PIN", name: "PIN", hasDuressPin: true })] });
  await userEvent.click(screen.getByRole("button", { name: "Change the PIN: PIN" }));
  await userEvent.type(screen.getByLabelText("New PIN"), "9071");
  await userEvent.click(screen.getByRole("button", { name: "Change the PIN" }));
  await vi.waitFor(() => expect(sent("ChangePin")).toEqual([{ input: { id: "k1", expectedVersion: 5, pin: "9071" } }]));
  await userEvent.click(screen.getByRole("button", { name: "Change the PIN: PIN" }));
  await userEvent.selectOptions(screen.getByLabelText("Duress PIN"), "Another one");
  await userEvent.click(screen.getByRole("button", { name: "Change the PIN" }));
  expect(screen.getByLabelText(/New duress PIN/)).toBeInvalid();
  await userEvent.selectOptions(screen.getByLabelText("Duress PIN"), "None from now on");
  await userEvent.click(screen.getByRole("button", { name: "Change the PIN" }));
  await vi.waitFor(() => expect(sent("ChangePin").at(-1)).toEqual({ input: { id: "k1", expectedVersion: 5, duressPin: "" } }));
});

test("a paired phone loses its credential after a question, and only then another is invited", async () => {
  const device = { name: "Pixel", pairedAt: "2026-03-01T12:00:00Z", invitationExpiresAt: null };
  const { sent } = show({ credentials: [aCredential({ kind: "MOBILE", name: "Phone", device })] });
  expect(screen.queryByRole("button", { name: "Invite a phone: Phone" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Revoke: Phone" }));
  expect(sent("RevokeMobile")).toEqual([]);
  await userEvent.click(within(screen.getByRole("dialog")).getByText("Revoke"));
  await vi.waitFor(() => expect(sent("RevokeMobile")).toEqual([{ id: "k1" }]));
});

test("a credential is deleted after a question, at the version that was seen", async () => {
  const { sent, refresh } = show({ credentials: [aCredential()] });
  await userEvent.click(screen.getByRole("button", { name: "Delete: Card" }));
  await userEvent.click(screen.getByText("Delete the credential"));
  await vi.waitFor(() => expect(sent("DeleteCredential")).toEqual([{ id: "k1", expectedVersion: 5 }]));
  await vi.waitFor(() => expect(refresh).toHaveBeenCalled());
});

test("who may not see doors or formats can still type a card", async () => {
  const { sent } = show({ viewer: aViewer(["cardholder.view", "credential.write"]) });
  await startAdding();
  expect(screen.getByLabelText("Format")).toHaveDisplayValue("H10301");
  expect(sent("EnrolmentReaders")).toEqual([]);
  expect(sent("CardFormatChoices")).toEqual([]);
});
