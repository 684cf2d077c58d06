import type { TextareaHTMLAttributes } from "react";
import { CONTROL, Field, type FieldTexts } from "./field";

interface Props
  extends FieldTexts, Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "id" | "className"> {}

export function TextArea({ label, hint, problem, optional, className, ...rest }: Props) {
  return (
    <Field {...{ label, hint, problem, className }} optional={optional ?? false}>
      {(attributes) => (
        <textarea rows={3} {...attributes} {...rest} className={`mt-1 ${CONTROL} py-2`} />
      )}
    </Field>
  );
}
