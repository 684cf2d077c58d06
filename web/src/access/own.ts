import { type Organization, useSession } from "../api/session";
import { type Right, roleAllows } from "./rights";

export interface Own {
  userId: number;
  organization: Organization;
  allows: (right: Right) => boolean;
}

/** Who looks at the page, and as what. Only below the shell, where somebody is signed in. */
export function useOwn(): Own {
  const session = useSession().data;
  const organization = session?.organizations.find((one) => one.id === session.orgId);
  if (session == null || organization === undefined) throw new Error("nobody is signed in");
  return {
    userId: session.user.id,
    organization,
    allows: (right) => roleAllows(organization.role, right),
  };
}
