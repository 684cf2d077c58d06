import type { SelectHTMLAttributes } from "react";
import { Chevron } from "./chevron";
import { CONTROL, Field, type FieldTexts } from "./field";

interface Props
  extends FieldTexts, Omit<SelectHTMLAttributes<HTMLSelectElement>, "id" | "className"> {}

/** A choice in a form; its `<option>`s are the children. */
export function SelectField({ label, hint, problem, optional, className, ...rest }: Props) {
  return (
    <Field {...{ label, hint, problem, className }} optional={optional ?? false}>
      {(attributes) => (
        <Chevron className="mt-1">
          <select {...attributes} {...rest} className={`${CONTROL} appearance-none pr-9`} />
        </Chevron>
      )}
    </Field>
  );
}
