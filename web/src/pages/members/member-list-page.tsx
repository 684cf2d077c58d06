import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useOwn } from "../../access/own";
import { rolesToGive } from "../../access/rights";
import { type Member, useMembers } from "../../api/members";
import { Button } from "../../ui/button";
import { EmptyState } from "../../ui/empty-state";
import { Listed } from "../../ui/listed";
import { PageTitle } from "../../ui/page-title";
import { SearchBox } from "../../ui/search-box";
import { AddMember } from "./add-member";
import { MemberRow } from "./member-row";

/** From this many on a list can be searched. */
const MANY = 8;

export function MemberListPage() {
  const { allows, organization } = useOwn();
  const members = useMembers();
  const [adding, setAdding] = useState(false);
  const [sought, setSought] = useState("");
  const found = members.data?.filter((one) => matches(one, sought));
  return (
    <>
      <PageTitle title="Members">
        {allows("member:manage") && (
          <Button
            look="primary"
            onClick={() => {
              setAdding(true);
            }}
          >
            <UserPlus size={16} aria-hidden /> Add member
          </Button>
        )}
      </PageTitle>
      {(members.data?.length ?? 0) >= MANY && (
        <SearchBox
          className="mb-4"
          label="Search names and emails"
          text={sought}
          onSearch={setSought}
        />
      )}
      <Listed
        query={{ data: found, error: members.error }}
        empty={<EmptyState title="Nobody fits">Search for another name.</EmptyState>}
      >
        {(all) =>
          all.map((one) => (
            <MemberRow key={one.userId} member={one} given={rolesToGive(organization.role)} />
          ))
        }
      </Listed>
      {members.data?.length === 1 && allows("member:manage") && (
        <p className="mt-4 text-sm text-muted">
          You are alone here. Who you add gets a link by which they choose a password; as a member
          they see the projects that you give them.
        </p>
      )}
      {adding && (
        <AddMember
          onClose={() => {
            setAdding(false);
          }}
        />
      )}
    </>
  );
}

function matches(member: Member, sought: string): boolean {
  return `${member.name} ${member.email}`.toLowerCase().includes(sought.trim().toLowerCase());
}
