import { Checkbox } from "../../ui/checkbox";
import { InputField as TextInput } from "../../ui/input-field";
import { SelectField } from "../../ui/select-field";
import { TextArea } from "../../ui/text-area";
import { shownPattern } from "./entries";
import type { InputField } from "./input-form";

interface Props {
  field: InputField;
  entered: string;
  problem?: string | undefined;
  onEnter: (entered: string) => void;
}

/** The control for one input, by its kind. */
export function InputControl({ field, entered, problem, onEnter }: Props) {
  const texts = {
    label: field.name,
    optional: !field.required && field.default === null,
    hint: hintOf(field, problem),
    problem,
    value: entered,
    onChange: (event: { target: { value: string } }) => {
      onEnter(event.target.value);
    },
  };
  switch (field.kind) {
    case "boolean":
      // A box that nobody has touched looks like a no, which nobody has said without a default.
      return field.default !== null ? (
        <Checkbox
          label={field.name}
          hint={hintOf(field, problem)}
          problem={problem}
          checked={entered === "true"}
          onChange={(event) => {
            onEnter(event.target.checked ? "true" : "false");
          }}
        />
      ) : (
        <SelectField {...texts}>
          {(!field.required || entered === "") && (
            <option value="">{field.required ? "Choose…" : "none chosen"}</option>
          )}
          <option value="true">yes</option>
          <option value="false">no</option>
        </SelectField>
      );
    case "choice":
      return (
        <SelectField {...texts}>
          {(!field.required || entered === "") && (
            <option value="">{field.required ? "Choose…" : "none chosen"}</option>
          )}
          {field.choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </SelectField>
      );
    case "secret":
      return <TextInput {...texts} type="password" autoComplete="off" spellCheck={false} />;
    case "integer":
    case "number":
      return (
        <TextInput
          {...texts}
          inputMode={field.kind === "integer" ? "numeric" : "decimal"}
          autoComplete="off"
        />
      );
    case "text":
      return entered.includes("\n") ? (
        <TextArea {...texts} spellCheck={false} />
      ) : (
        <TextInput
          {...texts}
          type="text"
          autoComplete="off"
          spellCheck={false}
          onPaste={(event) => {
            // A field of one line would join the lines.
            const pasted = event.clipboardData.getData("text");
            if (!/[\r\n]/.test(pasted.trimEnd())) return;
            event.preventDefault();
            onEnter(pasted.replaceAll("\r\n", "\n"));
          }}
        />
      );
  }
}

/** What there is to know, without what the problem says already. */
function hintOf(field: InputField, problem = ""): string | undefined {
  const parts = [
    field.description,
    field.pattern === null ? "" : `Must match ${shownPattern(field.pattern)}`,
    field.kind === "secret" ? "Kept out of logs and never shown again." : "",
    field.kind === "integer" ? "A whole number." : field.kind === "number" ? "A number." : "",
  ];
  const text = parts
    .filter((part) => part !== "" && !problem.toLowerCase().includes(part.toLowerCase()))
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(" ");
  return text === "" ? undefined : text;
}
