import { type FormEvent, useState } from "react";
import { Navigate, useLocation } from "react-router";
import { localPath } from "../../api/local-path";
import { useSession, useSignIn, useSignInMethods } from "../../api/session";
import { Button } from "../../ui/button";
import { InputField } from "../../ui/input-field";
import { Notice } from "../../ui/notice";
import { told } from "../../ui/told";
import { Entrance } from "./entrance";
import { failedSignIn } from "./single-sign-on";
import { keepWanted, wantedPage } from "./wanted-page";

interface Before {
  /** The page that was asked for. */
  from?: string;
  /** Whether somebody was signed in there, whose session has ended: here, in another tab, or in time. */
  signedOut?: boolean;
}

export function SignInPage() {
  const session = useSession();
  const methods = useSignInMethods();
  const { state, hash } = useLocation() as { state: Before | null; hash: string };
  const wanted = state?.from ?? wantedPage() ?? "/tasks";
  if (session.data) return <Navigate to={localPath(wanted)} replace />;
  const failed = failedSignIn(hash);
  return (
    <Entrance title="Sign in to Tasktrail">
      {failed !== null && (
        <div className="mb-5">
          <Notice tone="bad">{failed}</Notice>
        </div>
      )}
      {failed === null && state?.signedOut === true && (
        <div className="mb-5">
          <Notice tone="note">You have been signed out. Sign in to go on where you were.</Notice>
        </div>
      )}
      <PasswordForm />
      {methods.data?.oidc && (
        <>
          <p className="my-4 flex items-center gap-3 text-xs text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
            or
          </p>
          <a
            href="/v1/session/oidc"
            onClick={() => {
              keepWanted(wanted);
            }}
            className="flex min-h-10 items-center justify-center rounded-lg border border-line-strong bg-surface text-sm font-medium hover:bg-sunken"
          >
            Continue with {methods.data.oidc.name}
          </a>
        </>
      )}
    </Entrance>
  );
}

function PasswordForm() {
  const signIn = useSignIn();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ email, password });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {signIn.isError && <Notice tone="bad">{told(signIn.error.message)}</Notice>}
      <InputField
        label="Email"
        type="email"
        autoComplete="username"
        required
        autoFocus
        value={email}
        onChange={(event) => {
          setEmail(event.target.value);
        }}
      />
      <InputField
        label="Password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => {
          setPassword(event.target.value);
        }}
      />
      <Button type="submit" look="primary" className="min-h-10" busy={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}
