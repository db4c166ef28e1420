import { expect, test } from "vitest";

import { aCardholder } from "../testing/people";
import { type CardholderDraft, changesOf, draftOf } from "./cardholder-draft";

const WAS = aCardholder({
  groups: [
    { id: "g2", name: "Staff" },
    { id: "g1", name: "Cleaners" },
  ],
  validTo: "2026-03-02T23:59:59Z",
  longAccess: true,
  customFields: [{ fieldId: "f1", name: "Size", value: "M" }],
});

/** What the form sends when it is opened for `WAS` and nothing is touched. */
function untouched(): CardholderDraft {
  return {
    firstName: "Ada",
    lastName: "Byron",
    number: "7",
    email: "",
    phone: "",
    notes: "",
    groupIds: ["g1", "g2"],
    validFrom: null,
    validTo: "2026-03-02T23:59:00.000Z",
    suspended: false,
    longAccess: true,
    doubleSwipe: false,
    exemptLockdown: false,
    exemptAntipassback: false,
    escortRequired: false,
    isGlobal: false,
    visitor: false,
    hostId: null,
    customFields: [{ fieldId: "f1", value: "M" }],
  };
}

test("a form that was only looked at changes nothing, not even the seconds", () => {
  expect(changesOf(WAS, untouched())).toEqual({});
});

test("only what was changed is sent", () => {
  const draft = { ...untouched(), email: "ada@example.org", longAccess: false, validTo: null, groupIds: ["g1"] };
  expect(changesOf(WAS, { ...draft, customFields: [{ fieldId: "f1", value: "" }] })).toEqual({
    email: "ada@example.org",
    longAccess: false,
    validTo: null,
    groupIds: ["g1"],
    customFields: [{ fieldId: "f1", value: "" }],
  });
});

test("what a directory owns is never sent, because its disabled inputs say nothing", () => {
  const owned = { ...WAS, directory: "LDAP", directoryFields: ["longAccess", "groupIds", "customFields"] };
  const draft = { ...untouched(), longAccess: false, groupIds: [], customFields: [], phone: "1" };
  expect(changesOf(owned, draft)).toEqual({ phone: "1" });
});

test("who is no visitor has no host", () => {
  const form = new FormData();
  form.set("hostId", "c2");
  expect(draftOf(form).hostId).toBeNull();
  form.set("visitor", "on");
  expect(draftOf(form).hostId).toBe("c2");
});
