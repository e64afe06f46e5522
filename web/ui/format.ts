/** Numbers and times as people read them: thousands thin-spaced, durations in the reader's units, never a false digit. */

const THIN = "\u202f";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `18 432`, with a narrow no-break space. */
export function count(value: number): string {
  const whole = String(Math.round(Math.abs(value))).replace(/\B(?=(\d{3})+$)/g, THIN);
  return value < 0 && whole !== "0" ? `−${whole}` : whole;
}

/** `78.4%`; `–` where there is nothing to take a share of. */
export function percent(share: number | null): string {
  return share === null ? "–" : `${(share * 100).toFixed(1)}%`;
}

/** `0.4 ms`, `142 ms`, `1.25 s`: what a request took. */
export function latency(ms: number | null): string {
  if (ms === null) return "–";
  if (ms === 0) return `<1${THIN}ms`;
  if (ms < 10) return `${trim(ms.toFixed(1))}${THIN}ms`;
  return ms < 1_000 ? `${Math.round(ms)}${THIN}ms` : `${trim((ms / 1_000).toFixed(2))}${THIN}s`;
}

/** `4 s`, `2 m 10 s`, `3 h 5 m`, `12 d 4 h`: two units at most. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(minutes, "m", seconds % 60, "s");
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? joined(hours, "h", minutes % 60, "m") : joined(Math.floor(hours / 24), "d", hours % 24, "h");
}

const joined = (big: number, bigUnit: string, small: number, smallUnit: string) =>
  small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;

/** `43:32`, `1:04:09`: a countdown. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3_600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest.replace(/^0/, "");
}

/** `41.2 KB`: powers of 1 000, as storage is sold. */
export function bytes(value: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, value < 1_000 ? 0 : Math.floor(Math.log10(value) / 3));
  const scaled = value / 1_000 ** power;
  return `${power === 0 ? String(value) : trim(scaled.toFixed(1))}${THIN}${units[power]}`;
}

/** `4 s ago`, `in 12 m`; `now` within a second. */
export function relative(at: number, now: number): string {
  const distance = now - at;
  if (Math.abs(distance) < 1_000) return "now";
  const [unit] = [DAY, HOUR, MINUTE, 1_000].filter((each) => Math.abs(distance) >= each);
  const names = { [DAY]: "d", [HOUR]: "h", [MINUTE]: "m", [1_000]: "s" };
  const text = `${Math.floor(Math.abs(distance) / (unit ?? 1_000))} ${names[unit ?? 1_000]}`;
  return distance > 0 ? `${text} ago` : `in ${text}`;
}

/** `14:07`, with the day where it is not today. */
export function clock(at: number, now: number): string {
  const date = new Date(at);
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  return date.toDateString() === new Date(now).toDateString() ? time : `${day(at)} ${time}`;
}

/** `14:07:32`. */
export function clockSeconds(at: number): string {
  const date = new Date(at);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `26 Nov`. */
export function day(at: number): string {
  const date = new Date(at);
  return `${date.getDate()} ${MONTHS[date.getMonth()]}`;
}

/** For a title: local time and UTC, to the second. */
export function exact(at: number): string {
  const utc = new Date(at).toISOString().slice(0, 19).replace("T", " ");
  const date = new Date(at);
  const local = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${clockSeconds(at)}`;
  return `${local} local, ${utc} UTC`;
}

const pad = (value: number) => String(value).padStart(2, "0");
const trim = (text: string) => text.replace(/\.0+$/, "").replace(/(\.\d)0$/, "$1");
