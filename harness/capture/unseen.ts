import type { Finding } from '../rules/finding.ts';
import type { Sight } from '../rules/sight.ts';
import type { WireEntry } from '../wire/entry.ts';

/** A stretch of time in which something was not seen, in milliseconds of the wire log. */
export interface Unseen {
  readonly sights: readonly Sight[];
  /** Absent: anybody's. */
  readonly actor?: string;
  /** The whole of this connection is in doubt where its beginning matters. */
  readonly connection?: string;
  readonly from: number;
  readonly to: number;
  /** As a clause: `the capture has a gap …`. */
  readonly why: string;
}

/** What was sent so long before may still arrive, in milliseconds. */
const UNDER_WAY_MS = 60_000;

/** A breach that rests on what nobody could see is open, and so is that something was kept. */
export function weighed(
  findings: readonly Finding[],
  entries: readonly WireEntry[],
  unseen: readonly Unseen[],
): Finding[] {
  const open = new Map<string, Set<string>>();
  const judged = findings.flatMap((finding): Finding[] => {
    if (finding.verdict === 'pass') {
      const doubt = doubtAbout(finding, entries, unseen);
      if (doubt === undefined) return [finding];
      const key = `${finding.rule} ${doubt}`;
      open.set(key, new Set([...(open.get(key) ?? []), ...finding.requirements]));
      return [];
    }
    return [weigh(finding, entries, unseen)];
  });
  const unshown = [...open].map(([key, requirements]): Finding => {
    const [rule = '', ...why] = key.split(' ');
    return {
      requirements: [...requirements],
      verdict: 'inconclusive',
      message: `no breach was seen, but ${why.join(' ')}`,
      rule,
      evidence: [],
    };
  });
  return [...judged, ...unshown];
}

type Told = Omit<Finding, 'requirements' | 'rule'>;

/** The worst that stands; where nothing does, the finding is open. */
function weigh(finding: Finding, entries: readonly WireEntry[], unseen: readonly Unseen[]): Finding {
  const { requirements, rule, others = [], ...first } = finding;
  const told: readonly Told[] = [first, ...others];
  const standing = told.filter((one) => doubtAbout(one, entries, unseen) === undefined);
  const worst = standing.find(({ verdict }) => verdict === 'fail') ?? standing[0];
  const named = rule === undefined ? {} : { rule };
  if (worst !== undefined) return { requirements, ...worst, ...named };
  const why = doubtAbout(first, entries, unseen);
  return { requirements, ...first, ...named, verdict: 'inconclusive', message: `${first.message}; open, as ${why}` };
}

/** Why it is not sure; undefined where it is. */
function doubtAbout(
  { restsOn = [], evidence }: Pick<Finding, 'restsOn' | 'evidence'>,
  entries: readonly WireEntry[],
  unseen: readonly Unseen[],
): string | undefined {
  if (restsOn.length === 0 || unseen.length === 0) return undefined;
  const shown = evidence.flatMap((index) => entries[index] ?? []);
  const actors = new Set(shown.map(({ actor }) => actor));
  const connections = new Set(shown.map(({ connection }) => connection));
  const from = shown.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...shown.map(({ time }) => time));
  const to = shown.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...shown.map(({ time }) => time));
  const matters = (sight: Sight, one: Unseen): boolean => {
    if (!one.sights.includes(sight)) return false;
    const isOwn = one.actor === undefined || actors.size === 0 || actors.has(one.actor);
    switch (sight) {
      case 'sent':
        if (one.connection !== undefined && connections.has(one.connection)) return true;
        return one.from <= to && one.to >= from - UNDER_WAY_MS;
      case 'received':
        // What is lost of a connection may be the rest of what came long before, or an answer that came long after.
        if (one.connection !== undefined && connections.has(one.connection) && Number.isFinite(one.from)) return true;
        return isOwn && one.to >= from - UNDER_WAY_MS;
      case 'dialogs':
        return isOwn && one.from <= to;
      case 'everybody':
        return one.from <= to && one.to >= from;
      case 'history':
      case 'reach':
      case 'security':
        return true;
    }
  };
  return restsOn.flatMap((sight) => unseen.find((one) => matters(sight, one)) ?? [])[0]?.why;
}
