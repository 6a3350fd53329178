import type { Catalogue } from '../catalogue/catalogue.ts';
import { gradeOf } from '../catalogue/grade.ts';
import type { WireEntry } from '../wire/entry.ts';
import type { Finding } from './finding.ts';
import type { Sight, SightNeeded } from './sight.ts';

/** One breach of what a rule watches. */
export interface Breach {
  readonly message: string;
  readonly evidence: readonly (WireEntry | undefined)[];
  readonly expected?: string;
  readonly actual?: string;
  /** Where the catalogue grades it otherwise than the level of the requirement would. */
  readonly verdict?: 'fail' | 'warn';
  /** Where it is not what breaches of the matter rest on. */
  readonly restsOn?: readonly Sight[];
}

const EVIDENCE_SHOWN = 6;

/**
 * What a rule watches under certain requirements through a whole conversation: occasions that went right, and breaches.
 * However many there are, they make one finding, with the evidence of the first of the worst.
 */
export class Matter {
  readonly #requirements: readonly string[];
  readonly #about: string;
  readonly #sight: SightNeeded;
  #occasions = 0;
  readonly #breaches: Breach[] = [];

  /** `about` says what holds, as a statement. */
  constructor(requirements: readonly string[], about: string, sight: SightNeeded = {}) {
    this.#requirements = requirements;
    this.#about = about;
    this.#sight = sight;
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
    const told = this.#breaches.map((breach) => this.#tell(breach, catalogue));
    const worst = told.find(({ verdict }) => verdict === 'fail') ?? told[0];
    if (worst === undefined) {
      if (this.#occasions === 0) return [];
      const { kept = [] } = this.#sight;
      return [{ requirements, verdict: 'pass', message: this.#about, rule, evidence: [], ...restingOn(kept) }];
    }
    const kinds = new Map<string, Told>();
    for (const one of told) if (!kinds.has(kindOf(one))) kinds.set(kindOf(one), one);
    const others = [...kinds.values()].filter((one) => kindOf(one) !== kindOf(worst));
    const more = told.length - 1;
    return [
      {
        ...worst,
        requirements,
        message: more === 0 ? worst.message : `${worst.message} (and ${more} more like it)`,
        rule,
        ...(others.length === 0 ? {} : { others }),
      },
    ];
  }

  #tell(breach: Breach, catalogue: Catalogue): Told {
    const { message, expected, actual, verdict, restsOn = this.#sight.breach ?? [] } = breach;
    return {
      verdict: verdict ?? gradeOf(catalogue, this.#requirements),
      message,
      ...(expected === undefined ? {} : { expected }),
      ...(actual === undefined ? {} : { actual }),
      evidence: evidenceOf(breach),
      ...restingOn(restsOn),
    };
  }
}

type Told = NonNullable<Finding['others']>[number];

const restingOn = (restsOn: readonly Sight[]): Pick<Finding, 'restsOn'> => (restsOn.length === 0 ? {} : { restsOn });

const kindOf = ({ verdict, restsOn = [] }: Told): string => `${verdict} ${restsOn.join()}`;

function evidenceOf({ evidence }: Breach): number[] {
  const shown = new Set(evidence.flatMap((entry) => (entry === undefined ? [] : [entry.index])));
  return [...shown].slice(0, EVIDENCE_SHOWN);
}

/** The findings of several matters of one rule. */
export const settle = (rule: string, catalogue: Catalogue, matters: readonly Matter[]): Finding[] =>
  matters.flatMap((matter) => matter.findings(rule, catalogue));
