import { type ReactNode, useEffect, useRef } from "react";

import type { LineStates } from "../lines/line-states";
import { may, mayEverywhere, type Viewer } from "../session/permission";
import { groupsSeen, seesSection, writesSection } from "./access";
import { type ConfigurationRoute, configurationHref, inConfiguration, type Section, SECTIONS } from "./place";
import { ControllerList } from "./controllers/ControllerList";
import { ControllerScreen } from "./controllers/ControllerScreen";
import { DeviceList } from "./devices/DeviceList";
import { AnyDeviceScreen } from "./devices/AnyDeviceScreen";
import { DoorConfigurationList } from "./doors/DoorConfigurationList";
import { DoorScreen } from "./doors/DoorScreen";
import { ProfileList } from "./doors/ProfileList";
import { ProfileScreen } from "./doors/ProfileScreen";
import { ElevatorList } from "./elevators/ElevatorList";
import { ElevatorScreen } from "./elevators/ElevatorScreen";
import { FormatList } from "./formats/FormatList";
import { FormatScreen } from "./formats/FormatScreen";
import { ReaderList } from "./formats/ReaderList";
import { ReaderScreen } from "./formats/ReaderScreen";
import { InputList } from "./io/InputList";
import { InputScreen } from "./io/InputScreen";
import { LocalRuleList } from "./io/LocalRuleList";
import { LocalRuleScreen } from "./io/LocalRuleScreen";
import { OutputList } from "./io/OutputList";
import { OutputScreen } from "./io/OutputScreen";
import { BusList } from "./osdp/BusList";
import { DeviceScreen } from "./osdp/DeviceScreen";
import { RuleList } from "./rules/RuleList";
import { RuleScreen } from "./rules/RuleScreen";
import { HolidayList } from "./schedules/HolidayList";
import { HolidayScreen } from "./schedules/HolidayScreen";
import { OverrideList } from "./schedules/OverrideList";
import { OverrideScreen } from "./schedules/OverrideScreen";
import { ScheduleList } from "./schedules/ScheduleList";
import { ScheduleScreen } from "./schedules/ScheduleScreen";
import { SignalList } from "./signals/SignalList";
import { SignalScreen } from "./signals/SignalScreen";
import { LevelList } from "./threats/LevelList";
import { LevelScreen } from "./threats/LevelScreen";
import { InterlockList } from "./zones/InterlockList";
import { InterlockScreen } from "./zones/InterlockScreen";
import { SiteRules } from "./site/SiteRules";
import { ZoneList } from "./zones/ZoneList";
import { ZoneScreen } from "./zones/ZoneScreen";
import { WebhookList } from "../webhooks/WebhookList";
import { WebhookScreen } from "../webhooks/WebhookScreen";
import "./configuration.css";

interface ScreenProps {
  id: string | null;
  /** Whether the viewer may change anything. */
  writable: boolean;
  viewer: Viewer;
  lines: LineStates;
}

const SCREENS: Record<Section, (props: ScreenProps) => ReactNode> = {
  rules: ({ id, writable, viewer }) =>
    id === null ? <RuleList writable={writable} /> : <RuleScreen key={id} id={id} writable={writable} viewer={viewer} />,
  schedules: ({ id, writable, viewer }) =>
    id === null ? (
      <ScheduleList writable={writable} />
    ) : (
      <ScheduleScreen key={id} id={id} writable={writable} seesPeople={may(viewer, "cardholder.view")} />
    ),
  overrides: ({ id, writable }) =>
    id === null ? <OverrideList writable={writable} /> : <OverrideScreen key={id} id={id} writable={writable} />,
  holidays: ({ id, writable }) =>
    id === null ? <HolidayList writable={writable} /> : <HolidayScreen key={id} id={id} writable={writable} />,
  doors: ({ id, writable, viewer }) =>
    id === null ? (
      <DoorConfigurationList writable={mayEverywhere(viewer, "configuration.write")} seesDoors={may(viewer, "door.view")} />
    ) : (
      <DoorScreen key={id} id={id} writable={writable} />
    ),
  elevators: ({ id, writable }) =>
    id === null ? <ElevatorList writable={writable} /> : <ElevatorScreen key={id} id={id} writable={writable} />,
  controllers: ({ id, writable }) =>
    id === null ? <ControllerList writable={writable} /> : <ControllerScreen key={id} id={id} writable={writable} />,
  devices: ({ id, writable }) =>
    id === null ? <DeviceList writable={writable} /> : <AnyDeviceScreen key={id} id={id} writable={writable} />,
  profiles: ({ id, writable }) =>
    id === null ? <ProfileList writable={writable} /> : <ProfileScreen key={id} id={id} writable={writable} />,
  zones: ({ id, writable, viewer }) =>
    id === null ? (
      <ZoneList writable={writable} commanding={may(viewer, "door.command")} />
    ) : (
      <ZoneScreen key={id} id={id} writable={writable} viewer={viewer} />
    ),
  interlocks: ({ id, writable }) =>
    id === null ? <InterlockList writable={writable} /> : <InterlockScreen key={id} id={id} writable={writable} />,
  threats: ({ id, writable }) =>
    id === null ? <LevelList writable={writable} /> : <LevelScreen key={id} id={id} writable={writable} />,
  inputs: ({ id, writable, lines }) =>
    id === null ? <InputList writable={writable} lines={lines} /> : <InputScreen key={id} id={id} writable={writable} />,
  outputs: ({ id, writable, viewer, lines }) =>
    id === null ? (
      <OutputList writable={writable} lines={lines} />
    ) : (
      <OutputScreen key={id} id={id} writable={writable} commandable={may(viewer, "io.write")} lines={lines} />
    ),
  "local-rules": ({ id, writable }) =>
    id === null ? <LocalRuleList writable={writable} /> : <LocalRuleScreen key={id} id={id} writable={writable} />,
  formats: ({ id, writable }) =>
    id === null ? <FormatList writable={writable} /> : <FormatScreen key={id} id={id} writable={writable} />,
  readers: ({ id, writable }) =>
    id === null ? <ReaderList writable={writable} /> : <ReaderScreen key={id} id={id} writable={writable} />,
  osdp: ({ id, writable }) =>
    id === null ? <BusList writable={writable} /> : <DeviceScreen key={id} id={id} writable={writable} />,
  signals: ({ id, writable }) =>
    id === null ? <SignalList writable={writable} /> : <SignalScreen key={id} id={id} writable={writable} />,
  site: ({ writable }) => <SiteRules writable={writable} />,
  webhooks: ({ id }) => (id === null ? <WebhookList /> : <WebhookScreen key={id} id={id} />),
};

interface ConfigurationProps {
  route: ConfigurationRoute;
  viewer: Viewer;
  /** Auxiliary inputs and outputs as they are now. */
  lines: LineStates;
}

/** Everything about how the site is set up, with a navigation of its own. */
export function Configuration({ route, viewer, lines }: ConfigurationProps) {
  const nav = useRef<HTMLElement>(null);
  const here = configurationHref(inConfiguration(route.section));
  useEffect(() => {
    // On a phone the sections are a row that is wider than the screen.
    nav.current?.querySelector(`[href="${here}"]`)?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [here]);
  const groups = groupsSeen(viewer);
  if (groups.length === 0) return <p className="quiet pad">You may not see the configuration.</p>;
  const seen = seesSection(viewer, route.section);
  const writable = writesSection(viewer, route.section);
  return (
    <div className="configuration">
      <nav ref={nav} className="sections" aria-label="Configuration">
        {groups.map(({ name, sections }) => (
          <div key={name} role="group" aria-label={name} className="section-group">
            <p aria-hidden="true">{name}</p>
            {sections.map((section) => (
              <a
                key={section}
                className="tab"
                href={configurationHref(inConfiguration(section))}
                aria-current={section === route.section ? "page" : undefined}
              >
                {SECTIONS[section]}
              </a>
            ))}
          </div>
        ))}
      </nav>
      {seen ? (
        SCREENS[route.section]({ id: route.id, writable, viewer, lines })
      ) : (
        <p className="quiet pad">You may not see this part of the configuration.</p>
      )}
    </div>
  );
}
