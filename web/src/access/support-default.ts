import { useOrganization } from "../api/organizations";
import { useOwn } from "./own";

/** Whether definitions with `support: true` are open to support here without being opened. */
export function useSupportDefault(): boolean {
  return useOrganization(useOwn().organization.id).data?.supportDefault === true;
}
