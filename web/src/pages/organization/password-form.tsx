import { useState } from "react";
import { useChangePassword } from "../../api/organizations";
import { Problem } from "../../api/problem";
import { Form } from "../../ui/form";
import { InputField } from "../../ui/input-field";
import { problemAt, problemBeside } from "../../ui/told";
import { toast } from "../../ui/toast";

const FIELDS = ["before", "after", "password"];

/** Changes the password of who is signed in. */
export function PasswordForm() {
  const change = useChangePassword();
  const [before, setBefore] = useState("");
  const [after, setAfter] = useState("");
  const refused = change.error instanceof Problem && change.error.status === 401;
  const submit = () => {
    change.mutate(
      { before, after },
      {
        onSuccess: ({ taskId }) => {
          toast("Your password was changed.", taskId);
          setBefore("");
          setAfter("");
        },
      },
    );
  };
  return (
    <div className="max-w-md p-5">
      <Form
        action="Change password"
        busy={change.isPending}
        problem={refused ? undefined : problemBeside(change.error, FIELDS)}
        onSubmit={submit}
      >
        <InputField
          label="Password until now"
          type="password"
          autoComplete="current-password"
          value={before}
          problem={
            refused
              ? "This is not your password, or it was tried too often: wait some minutes then."
              : problemAt(change.error, "before")
          }
          onChange={(event) => {
            setBefore(event.target.value);
          }}
        />
        <InputField
          label="New password"
          type="password"
          autoComplete="new-password"
          hint="At least 12 characters, 5 of them different, and not your email address. All your other sessions end."
          value={after}
          problem={problemAt(change.error, "after") ?? problemAt(change.error, "password")}
          onChange={(event) => {
            setAfter(event.target.value);
          }}
        />
      </Form>
    </div>
  );
}
