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
  | "snapshot.take"
  | "video.live"
  | "credential.write"
  | "io.read"
  | "io.write"
  | "access.assign"
  | "job.view"
  | "user.write"
  | "webhook.write"
  | "api.explore";

export type Viewer = ViewerFragment;

/** Whether somebody may do it, everywhere or at some places: lists show what is there. */
export function may(viewer: Pick<Viewer, "permissions">, permission: Permission): boolean {
  return viewer.permissions.includes(permission);
}

/** Whether somebody may do it wherever it is. */
export function mayEverywhere(viewer: Pick<Viewer, "permissions" | "privileges">, permission: Permission): boolean {
  return may(viewer, permission) && !viewer.privileges.some((held) => held.permission === permission && !held.everywhere);
}
