import type { InputHTMLAttributes } from "react";
import { CONTROL, Field, type FieldTexts } from "./field";

interface Props
  extends FieldTexts, Omit<InputHTMLAttributes<HTMLInputElement>, "id" | "className"> {}

/** A line of text in a form, also a secret, a number or a time. */
export function InputField({ label, hint, problem, optional, className, ...rest }: Props) {
  return (
    <Field {...{ label, hint, problem, className }} optional={optional ?? false}>
      {(attributes) => <input {...attributes} {...rest} className={`mt-1 ${CONTROL}`} />}
    </Field>
  );
}
