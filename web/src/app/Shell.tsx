import { lazy, Suspense } from "react";
import type { Client } from "urql";

import { asking, mayAsk } from "../access-check/place";
import { KnowsReasons } from "../doors/KnowsReasons";
import { firstSection } from "../configuration/access";
import { inConfiguration } from "../configuration/place";
import { Desk } from "../desk/Desk";
import { allCameras } from "../live/place";
import { People } from "../people/People";
import type { PeopleRoute } from "../people/place";
import { may, type Viewer } from "../session/permission";
import { Viewing } from "../session/viewing";
import { ThreatBar } from "../threats/ThreatBar";
import { allZones } from "../zones/place";
import { Changes } from "./Changed";
import { Failure } from "./Failure";
import { ConnectionBanner } from "./ConnectionBanner";
import { type Live, useLive } from "./live";
import { hrefOf, isAboutUsers, type Route, useRoute } from "./route";
import { ThemeToggle } from "./ThemeToggle";
import { Icon } from "../ui/Icon";

/** Fetched by those who open them only. */
const Accounts = lazy(async () => ({ default: (await import("../users/Accounts")).Accounts }));
const AccessCheck = lazy(async () => ({ default: (await import("../access-check/AccessCheck")).AccessCheck }));
const Configuration = lazy(async () => ({ default: (await import("../configuration/Configuration")).Configuration }));
const LiveScreen = lazy(async () => ({ default: (await import("../live/LiveScreen")).LiveScreen }));
const Zones = lazy(async () => ({ default: (await import("../zones/Zones")).Zones }));

interface ShellProps {
  api: Client;
  viewer: Viewer;
  onSignedOut: () => void;
  onSignOut: () => void;
  /** Something about the viewer is different now. */
  onViewer: (viewer: Viewer) => void;
}

/** The frame around every screen of a signed-in user. */
export function Shell({ api, viewer, onSignedOut, onSignOut, onViewer }: ShellProps) {
  const live = useLive(api, viewer, onSignedOut);
  const route = useRoute();
  const section = firstSection(viewer);
  return (
    <div className="shell">
      <a className="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <header className="top">
        <a className="brand" href={hrefOf({ screen: "desk", eventId: null })} aria-label="Doorward">
          <span className="brand-mark" aria-hidden="true" />
          <span className="brand-name">Doorward</span>
        </a>
        <nav aria-label="Screens">
          <Tab route={{ screen: "desk", eventId: null }} label="Desk" active={route.screen === "desk"} />
          {may(viewer, "door.view") && <Tab route={allZones()} label="Zones" active={route.screen === "zones"} />}
          {maySeeLive(viewer) && <Tab route={allCameras()} label="Live" active={route.screen === "live"} />}
          {may(viewer, "cardholder.view") && (
            <Tab
              route={{ screen: "cardholders" }}
              label="Cardholders"
              active={isAboutPeople(route)}
            />
          )}
          {mayAsk(viewer) && (
            <Tab route={asking("who")} label="Access check" active={route.screen === "access-check"} />
          )}
          {section !== null && (
            <Tab
              route={inConfiguration(section)}
              label="Configuration"
              active={route.screen === "configuration"}
            />
          )}
          {may(viewer, "user.write") && (
            <Tab
              route={{ screen: "users", id: null }}
              label="Users"
              active={route.screen === "users" || route.screen === "roles" || route.screen === "user-groups" || route.screen === "sign-in-rules" || route.screen === "sign-in-providers"}
            />
          )}
        </nav>
        <div className="top-end">
          <a className="who" href={hrefOf({ screen: "account" })} title="Your account" aria-label={`${viewer.name}: your account`}>
            <Icon name="person" />
            <span className="who-name" data-testid="viewer">
              {viewer.name}
            </span>
          </a>
          <ThemeToggle />
          <button type="button" onClick={onSignOut} data-testid="sign-out">
            Sign out
          </button>
        </div>
      </header>
      {live && may(viewer, "door.view") && <ThreatBar feed={live.feed} viewer={viewer} />}
      {live && <ConnectionBanner connection={live.connection} />}
      <main id="main" tabIndex={-1}>
        {live && (
          <Failure place={hrefOf(route)}>
            <Viewing value={viewer}>
              <KnowsReasons commanding={may(viewer, "door.command") || may(viewer, "io.write")}>
                <Changes value={live.changes ?? null}>
                  <Screen route={route} live={live} viewer={viewer} onViewer={onViewer} />
                </Changes>
              </KnowsReasons>
            </Viewing>
          </Failure>
        )}
      </main>
    </div>
  );
}

interface ScreenProps {
  route: Route;
  live: Live;
  viewer: Viewer;
  onViewer: (viewer: Viewer) => void;
}

function Screen({ route, live, viewer, onViewer }: ScreenProps) {
  if (route.screen === "desk") return <Desk live={live} viewer={viewer} eventId={route.eventId} />;
  if (route.screen === "zones") {
    if (!may(viewer, "door.view")) return <p className="quiet pad">You may not see zones.</p>;
    return (
      <Suspense fallback={<p className="quiet pad">Loading…</p>}>
        <Zones route={route} live={live} viewer={viewer} />
      </Suspense>
    );
  }
  if (route.screen === "live") {
    if (!maySeeLive(viewer)) return <p className="quiet pad">You may not watch cameras live.</p>;
    return (
      <Suspense fallback={<p className="quiet pad">Loading…</p>}>
        <LiveScreen viewer={viewer} />
      </Suspense>
    );
  }
  if (route.screen === "access-check") {
    return (
      <Suspense fallback={<p className="quiet pad">Loading…</p>}>
        <AccessCheck route={route} viewer={viewer} />
      </Suspense>
    );
  }
  if (route.screen === "configuration") {
    return (
      <Suspense fallback={<p className="quiet pad">Loading…</p>}>
        <Configuration route={route} viewer={viewer} lines={live.lines} />
      </Suspense>
    );
  }
  if (isAboutUsers(route)) {
    return (
      <Suspense fallback={<p className="quiet pad">Loading…</p>}>
        <Accounts route={route} viewer={viewer} onChanged={onViewer} />
      </Suspense>
    );
  }
  return <People route={route} viewer={viewer} jobs={live.jobs} />;
}

function isAboutPeople(route: Route): route is PeopleRoute {
  return !isAboutUsers(route) && !["desk", "zones", "live", "configuration", "access-check"].includes(route.screen);
}

function maySeeLive(viewer: Viewer): boolean {
  return may(viewer, "camera.view") && may(viewer, "video.live");
}

function Tab({ route, label, active }: { route: Route; label: string; active: boolean }) {
  return (
    <a className="tab" href={hrefOf(route)} aria-current={active ? "page" : undefined}>
      {label}
    </a>
  );
}

/** The hash belongs to the routes, so the link moves the focus itself. */
function skip(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#main")?.focus();
}
