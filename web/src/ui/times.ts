/** How times and durations are worded. */

const UNITS: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [7, "day"],
  [4.345, "week"],
  [12, "month"],
  [Infinity, "year"],
];
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });

/** Seconds by which the clocks of two machines may differ, so that what has happened seems to come. */
const DRIFT = 5;

/** Such as "3 min. ago", or "in 5 sec." for what is known to lie `ahead`. */
export function ago(at: string, now: number, ahead = false): string {
  let amount = (Date.parse(at) - now) / 1000;
  if (!ahead && amount > 0 && amount < DRIFT) return "just now";
  for (const [size, unit] of UNITS) {
    const whole = Math.round(amount);
    if (Math.abs(whole) < size) return RELATIVE.format(whole, unit);
    amount /= size;
  }
  return at;
}

/** Such as "2026-11-28 14:03:07" in the time zone of the browser. */
export function absolute(at: string): string {
  const time = new Date(at);
  const pad = (number: number) => String(number).padStart(2, "0");
  const day = [time.getFullYear(), pad(time.getMonth() + 1), pad(time.getDate())].join("-");
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(pad).join(":")}`;
}

/** Such as "2026-11-28 13:03:07Z". */
export function utc(at: string): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** Such as "1 h 02 min", "3 min 07 s", "4.2 s", "4 s" or "12 ms". */
export function duration(milliseconds: number): string {
  const pad = (number: number) => String(number).padStart(2, "0");
  if (milliseconds < 1000) return `${String(Math.max(0, Math.round(milliseconds)))} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  if (whole < 60) return `${String(whole)} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${String(minutes)} min ${pad(whole % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${String(hours)} h ${pad(minutes % 60)} min`;
  return `${String(Math.floor(hours / 24))} d ${String(hours % 24)} h`;
}

/** Such as "11-28 14:03:07.125": to tell moments of one task apart. */
export function clockOf(at: string, inUtc: boolean): string {
  const fraction = /\.(\d{3})/.exec(at)?.[1] ?? "000";
  return `${(inUtc ? utc(at) : absolute(at)).slice(5, 19)}.${fraction}`;
}
