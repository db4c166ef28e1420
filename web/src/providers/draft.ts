import type { CreateOidcProviderInput, ProviderRowFragment, Role } from "../gql/operations";

/** A line of the mapping as it is edited; `key` tells lines apart that say the same. */
export interface GroupLine {
  key: number;
  group: string;
  role: Role;
}

/** A provider as the form has it: lists are texts. */
export interface Draft {
  name: string;
  issuer: string;
  clientId: string;
  /** Empty: the one that is kept stays. */
  secret: string;
  scopes: string;
  hosts: string;
  nameClaim: string;
  groupClaim: string;
  groups: readonly GroupLine[];
  createsUsers: boolean;
  exclusive: boolean;
  enabled: boolean;
}

export function draftOf(provider: ProviderRowFragment | null): Draft {
  if (provider === null) {
    return {
      name: "",
      issuer: "",
      clientId: "",
      secret: "",
      scopes: "openid profile",
      hosts: "",
      nameClaim: "preferred_username",
      groupClaim: "groups",
      groups: [{ key: 0, group: "", role: "OPERATOR" }],
      createsUsers: false,
      exclusive: false,
      enabled: true,
    };
  }
  return {
    name: provider.name,
    issuer: provider.issuer,
    clientId: provider.clientId,
    secret: "",
    scopes: provider.scopes.join(" "),
    hosts: provider.hosts.join(" "),
    nameClaim: provider.nameClaim,
    groupClaim: provider.groupClaim ?? "",
    groups: provider.groups.map(({ group, role }, key) => ({ key, group, role })),
    createsUsers: provider.createsUsers,
    exclusive: provider.exclusive,
    enabled: provider.enabled,
  };
}

/** What is sent; lines without a group, and the mapping without a claim, are left out. */
export function inputOf(draft: Draft): CreateOidcProviderInput {
  const claim = draft.groupClaim.trim();
  const lines = draft.groups.filter(({ group }) => group.trim() !== "");
  return {
    name: draft.name.trim(),
    issuer: draft.issuer.trim(),
    clientId: draft.clientId.trim(),
    ...(draft.secret === "" ? {} : { clientSecret: draft.secret }),
    scopes: words(draft.scopes),
    hosts: words(draft.hosts),
    nameClaim: draft.nameClaim.trim(),
    groupClaim: claim === "" ? null : claim,
    groups: lines.map(({ group, role }) => ({ group: group.trim(), role })),
    createsUsers: draft.createsUsers,
    exclusive: draft.exclusive,
    enabled: draft.enabled,
  };
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((each) => each !== "");
}
