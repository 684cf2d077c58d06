import { goToOrganization } from "../api/chosen-organization";
import { useSession } from "../api/session";
import { Select } from "../ui/select";

/** Which organization the pages are about, for who belongs to several. */
export function OrganizationSwitch() {
  const session = useSession().data;
  if (!session || session.organizations.length < 2) return null;
  const names = Object.fromEntries(
    session.organizations.map((one) => [String(one.id), `${one.name} · ${one.role}`]),
  );
  return (
    <Select
      label="Organization"
      value={String(session.orgId)}
      choices={names}
      onChoose={(id) => {
        goToOrganization(Number(id));
      }}
    />
  );
}
