import { InputField } from "./input-field";
import { type Lasting, type Span, SPANS, zoneOf } from "./later";
import { SelectField } from "./select-field";

interface Props {
  label: string;
  hint?: string;
  spans: readonly Span[];
  /** What it is called that it never ends; without it, it has to end. */
  never?: string;
  untilLabel: string;
  untilHint?: string;
  lasting: Lasting;
  problem?: string | undefined;
  onChange: (lasting: Lasting) => void;
}

/** For how long something is to hold, and the moment where that is one. */
export function LastingField(props: Props) {
  const { label, hint, spans, never, untilLabel, untilHint, lasting, problem, onChange } = props;
  const timed = lasting.span === "until";
  return (
    <>
      <SelectField
        label={label}
        hint={hint}
        value={lasting.span}
        problem={timed ? undefined : problem}
        onChange={(event) => {
          onChange({ ...lasting, span: event.target.value as Lasting["span"] });
        }}
      >
        {spans.map((span) => (
          <option key={span} value={span}>
            {SPANS[span].text}
          </option>
        ))}
        <option value="until">Until a time…</option>
        {never !== undefined && <option value="never">{never}</option>}
      </SelectField>
      {timed && (
        <InputField
          label={untilLabel}
          hint={[untilHint, zoneOf(lasting.until)].filter(Boolean).join(" ")}
          type="datetime-local"
          value={lasting.until}
          problem={problem}
          onChange={(event) => {
            onChange({ ...lasting, until: event.target.value });
          }}
        />
      )}
    </>
  );
}
