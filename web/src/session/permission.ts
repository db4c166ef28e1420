import type { ViewerFragment } from "../gql/operations";

/** What the server may allow; the dashboard offers nothing that it does not. */
export type Permission =
  | "event.view"
  | "cardholder.view"
  | "cardholder.write"
  | "card_number.view"
  | "configuration.view"
  | "configuration.write"
  | "door.view"
  | "door.command"
  | "threat.raise"
  | "threat.release"
  | "camera.view"
  | "clip.view"
  | "credential.write"
  | "io.read"
  | "io.write"
  | "access.assign"
  | "job.view"
  | "user.write"
  | "webhook.write"
  | "api.explore";

export type Viewer = ViewerFragment;

export function may(viewer: Pick<Viewer, "permissions">, permission: Permission): boolean {
  return viewer.permissions.includes(permission);
}
