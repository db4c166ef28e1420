/** The zones of the site as the desk sees them, or one of them. */
export interface ZonesRoute {
  screen: "zones";
  /** Null: all zones. */
  id: string | null;
}

export function allZones(): ZonesRoute {
  return { screen: "zones", id: null };
}

export function zonesHref({ id }: ZonesRoute): string {
  return id === null ? "#/zones" : `#/zones/${encodeURIComponent(id)}`;
}
