import { useNow } from "./clock";
import { absolute, ago, duration, utc } from "./times";
import { useTimeStyle } from "./time-style";

/** A moment, in the style that was chosen; the other styles are in its tooltip. */
export function Moment({ at, ahead = false }: { at: string; ahead?: boolean }) {
  const now = useNow();
  const style = useTimeStyle();
  const texts = { relative: ago(at, now, ahead), absolute: absolute(at), utc: utc(at) };
  return (
    <time dateTime={at} title={`${texts.absolute} (${texts.utc})`} className="whitespace-nowrap">
      {texts[style]}
    </time>
  );
}

/** How long something took, or has taken so far; it ticks until there is an end. */
export function Duration({ from, to }: { from: string | null; to: string | null }) {
  return to === null ? <Ticking from={from} /> : <Fixed from={from} to={to} />;
}

function Ticking({ from }: { from: string | null }) {
  const now = useNow();
  if (from === null) return null;
  return <Text milliseconds={Math.floor((now - Date.parse(from)) / 1000) * 1000} />;
}

function Fixed({ from, to }: { from: string | null; to: string }) {
  if (from === null) return null;
  return <Text milliseconds={Date.parse(to) - Date.parse(from)} />;
}

function Text({ milliseconds }: { milliseconds: number }) {
  return <span className="tabular whitespace-nowrap">{duration(milliseconds)}</span>;
}
