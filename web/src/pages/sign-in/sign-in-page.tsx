import { type FormEvent, useState } from "react";
import { Navigate, useLocation } from "react-router";
import { useSession, useSignIn, useSignInMethods } from "../../api/session";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import { TextField } from "../../ui/text-field";
import { Entrance } from "./entrance";

export function SignInPage() {
  const session = useSession();
  const methods = useSignInMethods();
  const { state } = useLocation() as { state: { from?: string } | null };
  if (session.data) return <Navigate to={state?.from ?? "/tasks"} replace />;
  return (
    <Entrance title="Sign in to Tasktrail">
      <PasswordForm />
      {methods.data?.oidc && (
        <a
          href="/v1/session/oidc"
          className="mt-4 flex min-h-10 items-center justify-center rounded-lg border border-line-strong bg-surface text-sm font-medium hover:bg-sunken"
        >
          Continue with {methods.data.oidc.name}
        </a>
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
      {signIn.isError && <Notice tone="bad">{signIn.error.message}</Notice>}
      <TextField
        label="E-mail"
        type="email"
        autoComplete="username"
        required
        autoFocus
        value={email}
        onChange={(event) => {
          setEmail(event.target.value);
        }}
      />
      <TextField
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
