import { Pencil } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { useOwn } from "../../access/own";
import { ROLES } from "../../access/rights";
import {
  type OrganizationDetails,
  useChangeOrganization,
  useOrganization,
} from "../../api/organizations";
import { Button } from "../../ui/button";
import { Coded } from "../../ui/coded";
import { NameDialog } from "../../ui/name-dialog";
import { Notice } from "../../ui/notice";
import { PageTitle } from "../../ui/page-title";
import { Panel } from "../../ui/panel";
import { SkeletonRows } from "../../ui/skeleton";
import { Moment } from "../../ui/time";
import { toast } from "../../ui/toast";
import { told } from "../../ui/told";
import { PasswordForm } from "./password-form";

/** Why the organization that the installation works for keeps its name here. */
const FIXED_NAME =
  "The operator of this installation gives this name: it is `organization` in config.toml.";
const FIXED_ID = "fixed-name";

export function OrganizationPage() {
  const own = useOwn();
  const organization = useOrganization(own.organization.id);
  const [renaming, setRenaming] = useState(false);
  return (
    <>
      <PageTitle title="Organization">
        {own.allows("organization:change") && organization.data !== undefined && (
          <Button
            disabled={!organization.data.renamable}
            title={organization.data.renamable ? undefined : FIXED_NAME}
            aria-describedby={organization.data.renamable ? undefined : FIXED_ID}
            onClick={() => {
              setRenaming(true);
            }}
          >
            <Pencil size={15} aria-hidden /> Rename
          </Button>
        )}
      </PageTitle>
      <div className="flex flex-col gap-6">
        {organization.error !== null && (
          <Notice tone="bad">{told(organization.error.message)}</Notice>
        )}
        <Panel>
          {organization.data === undefined ? (
            <SkeletonRows count={3} />
          ) : (
            <Facts organization={organization.data} />
          )}
        </Panel>
        <div id="password">
          <Panel title="Your password">
            <PasswordForm />
          </Panel>
        </div>
      </div>
      {renaming && organization.data !== undefined && (
        <Rename
          organization={organization.data}
          onClose={() => {
            setRenaming(false);
          }}
        />
      )}
    </>
  );
}

const BY_DEFAULT = {
  on: "Staff of the platform may run the definitions that say `support: true`.",
  off: "Staff of the platform runs nothing here unless an owner opens it.",
} as const;

function Facts({ organization }: { organization: OrganizationDetails }) {
  return (
    <dl className="divide-y divide-line">
      <Fact term="Name">
        {organization.name}
        {!organization.renamable && (
          <span id={FIXED_ID} className="block text-sm text-muted">
            <Coded text={FIXED_NAME} />
          </span>
        )}
      </Fact>
      <Fact term="You are here as">
        {organization.role ?? "nobody"}
        {organization.role !== null && (
          <span className="block text-sm text-muted">{ROLES[organization.role]}</span>
        )}
      </Fact>
      <Fact term="Support by default">
        {organization.supportDefault ? "Yes" : "No"}
        <span className="block text-sm text-muted">
          <Coded text={BY_DEFAULT[organization.supportDefault ? "on" : "off"]} />{" "}
          <Link to="/support" className="text-accent underline">
            Support access
          </Link>
        </span>
      </Fact>
      <Fact term="Since">
        <Moment at={organization.createdAt} />
      </Fact>
      <Fact term="Number">
        {organization.id}
        <span className="block text-sm text-muted">
          <code className="font-mono">orgId</code> in the{" "}
          <a href="/docs" className="text-accent underline">
            REST API
          </a>
        </span>
      </Fact>
    </dl>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-6 gap-y-1 px-5 py-3.5 sm:grid-cols-[11rem_minmax(0,1fr)]">
      <dt className="text-sm text-muted">{term}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  );
}

function Rename({
  organization,
  onClose,
}: {
  organization: OrganizationDetails;
  onClose: () => void;
}) {
  const change = useChangeOrganization(organization.id);
  const mutate = (name: string) => {
    change.mutate(
      { name },
      {
        onSuccess: ({ taskId }) => {
          toast(`The organization is called ${name} now.`, taskId);
          onClose();
        },
      },
    );
  };
  return (
    <NameDialog
      title="Rename the organization"
      action="Rename"
      name={organization.name}
      change={{ ...change, mutate }}
      onClose={onClose}
    />
  );
}
