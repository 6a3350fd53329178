import { err, ok, type Result } from '../../result.ts';

const GRAMMAR = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/**
 * Reads an RFC 3339 date-time (RFC 3862 §4.4) as milliseconds since 1970-01-01T00:00:00Z. A leap second reads as the first
 * instant of the next minute; digits beyond milliseconds are dropped. Error: one line saying what is wrong.
 */
export function parseDateTime(value: string): Result<number, string> {
  const match = GRAMMAR.exec(value);
  if (match === null) return err('not of the form YYYY-MM-DDThh:mm:ss[.fraction](Z or offset)');
  const field = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day] = [field(1), field(2), field(3)];
  const [hour, minute, second] = [field(4), field(5), field(6)];
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return err('no such day');
  if (hour > 23 || minute > 59 || second > 60) return err('no such time of day');
  const [offsetHour, offsetMinute] = [field(9), field(10)];
  if (offsetHour > 23 || offsetMinute > 59) return err('no such offset');
  const offset = (offsetHour * 60 + offsetMinute) * (match[8] === '-' ? -1 : 1);
  const utc = minutesSince1970(year, month, day) + hour * 60 + minute - offset;
  // RFC 3339 §5.7: a leap second stands at the very end of a UTC day that is the last of its month.
  if (second === 60 && !endsMonth(utc)) return err('no leap second can stand there');
  const fraction = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  return ok((utc * 60 + second) * 1000 + fraction);
}

/** Writes an instant, in milliseconds since 1970, as UTC with milliseconds. */
export function formatDateTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

/** Date.UTC reads the years 0 to 99 as 1900 to 1999; 400 Gregorian years have 146097 days. */
function minutesSince1970(year: number, month: number, day: number): number {
  return Date.UTC(year + 400, month - 1, day) / 60_000 - 146_097 * 1440;
}

function endsMonth(minutes: number): boolean {
  const next = new Date((minutes + 1) * 60_000);
  return next.getUTCDate() === 1 && next.getUTCHours() === 0 && next.getUTCMinutes() === 0;
}
