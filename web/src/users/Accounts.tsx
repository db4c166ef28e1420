import { Account } from "../account/Account";
import { Providers } from "../providers/Providers";
import { Roles } from "../roles/Roles";
import { RoleScreen } from "../roles/RoleScreen";
import { UserGroupScreen } from "../roles/UserGroupScreen";
import { may, type Viewer } from "../session/permission";
import type { UsersRoute } from "./place";
import { SignInRules } from "./SignInRules";
import { Users } from "./Users";
import { UserScreen } from "./UserScreen";

interface AccountsProps {
  route: UsersRoute;
  viewer: Viewer;
  /** Something about the viewer is different now. */
  onChanged: (viewer: Viewer) => void;
}

/** The screens about those who sign in: one's own account, and for those who may, everybody's. */
export function Accounts({ route, viewer, onChanged }: AccountsProps) {
  if (route.screen === "account") return <Account viewer={viewer} onChanged={onChanged} />;
  if (!may(viewer, "user.write")) return <p className="quiet pad">You may not see users.</p>;
  if (route.screen === "sign-in-rules") return <SignInRules />;
  if (route.screen === "sign-in-providers") return <Providers />;
  if (route.screen === "roles") return route.id === null ? <Roles /> : <RoleScreen key={route.id} id={route.id} />;
  if (route.screen === "user-groups") return route.id === null ? <Roles /> : <UserGroupScreen key={route.id} id={route.id} />;
  return route.id === null ? <Users /> : <UserScreen key={route.id} id={route.id} own={route.id === viewer.id} />;
}
