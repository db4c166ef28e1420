import type { CardholderDetailFragment, CredentialDetailFragment, GroupRowFragment } from "../gql/operations";
import type { Viewer } from "../session/permission";

export const OUTDATED = {
  code: "CONFLICT",
  message: "Somebody else has changed this meanwhile. Load it again and repeat the change.",
  path: ["expectedVersion"],
};

/** Somebody signed in who may do everything about people, unless told otherwise. */
export function aViewer(
  permissions: string[] = [
    "cardholder.view",
    "cardholder.write",
    "credential.write",
    "configuration.view",
    "configuration.write",
    "door.view",
    "photo.view",
  ],
): Viewer {
  return {
    id: "u1",
    name: "Eve",
    role: "OPERATOR",
    permissions,
    privileges: [],
    firstToDo: null,
    hasPassword: true,
    hasSecondFactor: false,
    hasAuthenticator: false,
    passkeyCount: 0,
  };
}

export function aCardholder(given: Partial<CardholderDetailFragment> = {}): CardholderDetailFragment {
  return {
    id: "c1",
    number: "7",
    firstName: "Ada",
    lastName: "Byron",
    email: "",
    phone: "",
    notes: "",
    suspended: false,
    visitor: false,
    validFrom: null,
    validTo: null,
    photoUrl: null,
    groups: [],
    longAccess: false,
    doubleSwipe: false,
    exemptLockdown: false,
    exemptAntipassback: false,
    isGlobal: false,
    host: null,
    escortRequired: false,
    customFields: [],
    directory: "",
    directoryFields: [],
    version: 3,
    credentials: [],
    ...given,
  };
}

/** A card that is valid without end, unless told otherwise. */
export function aCredential(given: Partial<CredentialDetailFragment> = {}): CredentialDetailFragment {
  return {
    id: "k1",
    kind: "CARD",
    name: "Card",
    status: "ACTIVE",
    condition: "ACTIVE",
    validFrom: null,
    validTo: null,
    relativeValidity: null,
    firstUsedAt: null,
    lastUsedAt: null,
    uses: 0,
    traced: false,
    startsLockdown: false,
    format: "H10301",
    facilityCode: "17",
    number: "1042",
    rawBits: null,
    plate: null,
    hasDuressPin: null,
    device: null,
    version: 5,
    ...given,
  };
}

export function aGroup(given: Partial<GroupRowFragment> = {}): GroupRowFragment {
  return { id: "g1", name: "Staff", initials: "ST", isGlobal: false, memberCount: 2, version: 4, ...given };
}

/** One page of a list, which is all there is unless told otherwise. */
export function aPage<Node>(nodes: readonly Node[], info: { hasNextPage?: boolean; hasPreviousPage?: boolean } = {}) {
  return { nodes, pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: "first", endCursor: "last", ...info } };
}
