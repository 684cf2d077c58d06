/** Text in which what stands between backticks is shown as code. */
export function Coded({ text }: { text: string }) {
  const parts = text.split("`");
  // A backtick without its other half is only a character.
  if (parts.length % 2 === 0) return text;
  return parts.map((part, index) =>
    index % 2 === 1 ? (
      <code key={index} className="rounded bg-sunken px-1 font-mono text-[0.92em]">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
