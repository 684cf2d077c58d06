import { KeyRound, Trash2, UserCog } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useOwn } from "../../access/own";
import type { Member } from "../../api/members";
import type { Role } from "../../api/session";
import { Button } from "../../ui/button";
import { Tag } from "../../ui/tag";
import { Moment } from "../../ui/time";
import { ChangeRole, MakeLink, RemoveMember } from "./member-changes";

type Asking = "role" | "link" | "removal" | null;

interface Props {
  member: Member;
  /** The roles that the reader may give and take. */
  given: readonly Role[];
}

export function MemberRow({ member, given }: Props) {
  const { userId } = useOwn();
  const [asking, setAsking] = useState<Asking>(null);
  const changes = {
    member,
    onClose: () => {
      setAsking(null);
    },
  };
  const own = member.userId === userId;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-medium break-words">
          {member.name} {own && <span className="font-normal text-muted">(you)</span>}
        </p>
        <p className="text-sm break-words text-muted">{member.email}</p>
      </div>
      <span className="w-20">
        <Tag
          tone={member.role === "support" ? "warn" : member.role === "member" ? "plain" : "accent"}
        >
          {member.role}
        </Tag>
      </span>
      <span className="w-44 text-right text-sm text-muted max-md:hidden">
        {member.invited ? "invited" : "joined"} <Moment at={member.createdAt} />
      </span>
      <div className="flex justify-end max-sm:-ml-2.5 sm:w-32">
        {given.includes(member.role) && (
          <>
            {given.length > 1 && (
              <Act
                label={`Change the role of ${member.name}`}
                onClick={() => {
                  setAsking("role");
                }}
              >
                <UserCog size={17} aria-hidden />
              </Act>
            )}
            {own ? (
              // The other rows have a button there.
              <span className="w-9.5" />
            ) : (
              <Act
                label={`New sign-in link for ${member.name}`}
                onClick={() => {
                  setAsking("link");
                }}
              >
                <KeyRound size={17} aria-hidden />
              </Act>
            )}
            <Act
              label={`Remove ${member.name}`}
              onClick={() => {
                setAsking("removal");
              }}
            >
              <Trash2 size={17} aria-hidden />
            </Act>
          </>
        )}
      </div>
      {asking === "role" && <ChangeRole {...changes} given={given} />}
      {asking === "link" && <MakeLink {...changes} />}
      {asking === "removal" && <RemoveMember {...changes} own={own} />}
    </li>
  );
}

function Act({
  label,
  onClick,
  children,
}: {
  label: string;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <Button look="quiet" aria-label={label} title={label} className="w-9.5 px-0!" onClick={onClick}>
      {children}
    </Button>
  );
}
