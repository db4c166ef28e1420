import { createContext, useContext } from "react";

import { may, mayEverywhere, type Permission, type Viewer } from "./permission";

/** Who looks at the screen, for parts that are far below what knows it. */
export const Viewing = createContext<Viewer | null>(null);

/** Whether the viewer may do it at some place, or everywhere. Where nobody is said to look, everything is shown. */
export function useMay(permission: Permission, where: "somewhere" | "everywhere" = "somewhere"): boolean {
  const viewer = useContext(Viewing);
  if (viewer === null) return true;
  return where === "everywhere" ? mayEverywhere(viewer, permission) : may(viewer, permission);
}
