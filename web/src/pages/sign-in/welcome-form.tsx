import { type FormEvent, useState } from "react";
import type { LinkPerson, useSignInByLink } from "../../api/session";
import { Button } from "../../ui/button";
import { InputField } from "../../ui/input-field";
import { Notice } from "../../ui/notice";
import { problemAt, problemBeside } from "../../ui/told";

interface Props {
  person: LinkPerson;
  token: string;
  signIn: ReturnType<typeof useSignInByLink>;
}

/** What is not known yet of whoever comes by a link, and the password. */
export function WelcomeForm({ person, token, signIn }: Props) {
  const isFirst = person.purpose === "first_owner";
  const [name, setName] = useState(person.name ?? "");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({
      token,
      password,
      ...(person.purpose !== "reset" && { name }),
      ...(isFirst && { email }),
    });
  };
  const asked = isFirst ? ["name", "email", "password"] : ["name", "password"];
  const problem = problemBeside(signIn.error, asked);
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p className="text-muted">
        <Greeting person={person} />
      </p>
      {problem !== undefined && <Notice tone="bad">{problem}</Notice>}
      {person.purpose !== "reset" && (
        <InputField
          label="Your name"
          autoComplete="name"
          required
          maxLength={200}
          autoFocus={isFirst}
          hint="Others see it beside everything that you do."
          problem={problemAt(signIn.error, "name")}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
      )}
      {isFirst ? (
        <InputField
          label="Email"
          type="email"
          autoComplete="username"
          required
          hint="You sign in with it; nothing is sent there."
          problem={problemAt(signIn.error, "email")}
          value={email}
          onChange={(event) => {
            setEmail(event.target.value);
          }}
        />
      ) : (
        // For the password managers of browsers, which keep both together.
        <input
          type="email"
          className="hidden"
          autoComplete="username"
          value={person.email ?? ""}
          readOnly
        />
      )}
      <InputField
        label="Password"
        type="password"
        autoComplete="new-password"
        required
        minLength={12}
        autoFocus={!isFirst}
        hint="At least 12 characters, 5 of them different, and not your email address."
        problem={problemAt(signIn.error, "password")}
        value={password}
        onChange={(event) => {
          setPassword(event.target.value);
        }}
      />
      <Button type="submit" look="primary" className="min-h-10" busy={signIn.isPending}>
        Set password and sign in
      </Button>
    </form>
  );
}

function Greeting({ person }: { person: LinkPerson }) {
  const email = <strong className="font-medium text-text">{person.email}</strong>;
  switch (person.purpose) {
    case "first_owner":
      return "You are the first owner of this installation. Say how you are called, and choose a password.";
    case "invitation":
      return <>You were invited as {email}. Choose a password; the link works this once.</>;
    case "reset":
      return <>For {email}. All sessions that are open end; the link works this once.</>;
  }
}
