import type { Catalogue } from '../catalogue/catalogue.ts';
import { gradeOf } from '../catalogue/grade.ts';
import type { WireEntry } from '../wire/entry.ts';
import type { Finding, Verdict } from './finding.ts';

/** One breach of what a rule watches. */
export interface Breach {
  readonly message: string;
  readonly evidence: readonly (WireEntry | undefined)[];
  readonly expected?: string;
  readonly actual?: string;
  /** Where the catalogue grades it otherwise than the level of the requirement would. */
  readonly verdict?: 'fail' | 'warn';
}

const EVIDENCE_SHOWN = 6;

/**
 * What a rule watches under certain requirements through a whole conversation: occasions that went right, and breaches.
 * However many there are, they make one finding, with the evidence of the first of the worst.
 */
export class Matter {
  readonly #requirements: readonly string[];
  readonly #about: string;
  #occasions = 0;
  readonly #breaches: Breach[] = [];

  /** `about` says what holds, as a statement. */
  constructor(requirements: readonly string[], about: string) {
    this.#requirements = requirements;
    this.#about = about;
  }

  /** Judged, and right. */
  right(): void {
    this.#occasions += 1;
  }

  broken(breach: Breach): void {
    this.#breaches.push(breach);
  }

  /** Right, or broken as `breach` says. */
  judge(holds: boolean, breach: () => Breach): void {
    if (holds) this.right();
    else this.broken(breach());
  }

  /** None when there was no occasion: silence is no pass. */
  findings(rule: string, catalogue: Catalogue): Finding[] {
    const requirements = this.#requirements;
    const grade = (breach: Breach): Verdict => breach.verdict ?? gradeOf(catalogue, requirements);
    const worst = this.#breaches.find((breach) => grade(breach) === 'fail') ?? this.#breaches[0];
    if (worst === undefined) {
      if (this.#occasions === 0) return [];
      return [{ requirements, verdict: 'pass', message: this.#about, rule, evidence: [] }];
    }
    const others = this.#breaches.length - 1;
    const { expected, actual } = worst;
    return [
      {
        requirements,
        verdict: grade(worst),
        message: others === 0 ? worst.message : `${worst.message} (and ${others} more like it)`,
        ...(expected === undefined ? {} : { expected }),
        ...(actual === undefined ? {} : { actual }),
        rule,
        evidence: evidenceOf(worst),
      },
    ];
  }
}

function evidenceOf({ evidence }: Breach): number[] {
  const shown = new Set(evidence.flatMap((entry) => (entry === undefined ? [] : [entry.index])));
  return [...shown].slice(0, EVIDENCE_SHOWN);
}

/** The findings of several matters of one rule. */
export const settle = (rule: string, catalogue: Catalogue, matters: readonly Matter[]): Finding[] =>
  matters.flatMap((matter) => matter.findings(rule, catalogue));
