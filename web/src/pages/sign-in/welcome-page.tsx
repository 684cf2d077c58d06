import { type FormEvent, useState } from "react";
import { Navigate } from "react-router";
import { useSignInByLink } from "../../api/session";
import { Button } from "../../ui/button";
import { Notice } from "../../ui/notice";
import { TextField } from "../../ui/text-field";
import { Entrance } from "./entrance";

/** Opened by a one-time link. Its token is behind the `#`, which no server and no log ever sees. */
export function WelcomePage() {
  const [token] = useState(() => window.location.hash.slice(1));
  const [password, setPassword] = useState("");
  const signIn = useSignInByLink();
  if (signIn.isSuccess) return <Navigate to="/tasks" replace />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ token, password });
  };
  return (
    <Entrance title="Welcome to Tasktrail">
      {token === "" ? (
        <Notice tone="warn">This address is not complete. Open the whole link once more.</Notice>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4">
          <p className="text-muted">Choose a password. The link works this once.</p>
          {signIn.isError && <Notice tone="bad">{signIn.error.message}</Notice>}
          <TextField
            label="Password"
            type="password"
            autoComplete="new-password"
            required
            minLength={12}
            autoFocus
            hint="At least 12 characters."
            value={password}
            onChange={(event) => {
              setPassword(event.target.value);
            }}
          />
          <Button type="submit" look="primary" className="min-h-10" busy={signIn.isPending}>
            Set password and sign in
          </Button>
        </form>
      )}
    </Entrance>
  );
}
