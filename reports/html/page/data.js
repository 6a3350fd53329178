/**
 * What is embedded in the page; `digest.ts` and `index.ts` write it.
 *
 * @typedef {object} Requirement
 * @property {string} id
 * @property {string} source
 * @property {string} level
 * @property {string} role
 * @property {string} summary
 * @property {string} stimulus
 * @property {string} judgement
 * @property {string} testable
 * @property {string} verdict
 * @property {string} why
 * @property {string[]} by
 *
 * @typedef {object} Fact
 * @property {string} verdict
 * @property {{ id: string, level: string }[]} requirements
 * @property {string} message
 * @property {string} [expected]
 * @property {string} [actual]
 * @property {string} [step]
 * @property {string} [rule]
 * @property {string} [known]
 * @property {true} [captured]
 * @property {number[]} evidence
 *
 * @typedef {object} Scenario
 * @property {string} id
 * @property {string} title
 * @property {string} verdict
 * @property {number} ms
 * @property {string[]} covers
 * @property {string} [known]
 * @property {Fact[]} facts
 * @property {number[]} kept
 * @property {string} [party]
 * @property {string} [log]
 * @property {string} [capture]
 * @property {{ verdict: string, durationMs: number, seed: string, wireLog?: string }[]} [repeats]
 * @property {number} [divergent]
 *
 * @typedef {object} Run
 * @property {string} sut
 * @property {Requirement[]} requirements
 * @property {Scenario[]} scenarios
 * @property {{ rule: string, requirements: number[] }[]} kept
 *
 * @typedef {object} Log
 * @property {import('./unpack.js').Place} [place]
 * @property {Record<string, import('./octets.js').Mark[]>} marks
 * @property {string} [why]
 */
import { fromBase85, inflate, PackedLogs } from './unpack.js';

/** @param {string} id */
const embedded = (id) => document.getElementById(id)?.textContent ?? '';

/** @param {string} id */
const unpacked = async (id) => JSON.parse(new TextDecoder().decode(await inflate(fromBase85(embedded(id)))));

/** What the page knows, with what it asks for again and again. */
export class Data {
  /** @param {Run} run @param {Log[]} logs @param {PackedLogs} packed */
  constructor(run, logs, packed) {
    this.run = run;
    this.logs = logs;
    this.packed = packed;
    this.positions = new Map(run.scenarios.map(({ id }, at) => [id, at]));
    this.requirements = new Map(run.requirements.map((one) => [one.id, one]));
    /** @type {Map<string, { scenario: Scenario, verdict: string, rules: string[] }[]> | undefined} */
    this.judgements = undefined;
  }

  static async load() {
    const pieces = [...document.querySelectorAll('script[id^="piece-"]')].map((one) => one.textContent ?? '');
    const [run, logs] = await Promise.all([unpacked('run'), unpacked('logs')]);
    return new Data(run, logs, new PackedLogs(pieces));
  }

  /** What judged a requirement, scenario by scenario. @param {string} id */
  judged(id) {
    this.judgements ??= this.#judgements();
    return this.judgements.get(id) ?? [];
  }

  #judgements() {
    const ranks = ['pass', 'unsupported', 'warn', 'inconclusive', 'differs', 'fail', 'error'];
    /** @type {Map<string, { scenario: Scenario, verdict: string, rules: string[] }[]>} */
    const all = new Map();
    for (const scenario of this.run.scenarios) {
      /** @type {Map<string, { scenario: Scenario, verdict: string, rules: string[] }>} */
      const here = new Map();
      /** @param {string} id @param {string} verdict @param {string} [rule] */
      const add = (id, verdict, rule) => {
        const known = here.get(id) ?? { scenario, verdict, rules: [] };
        if (ranks.indexOf(verdict) > ranks.indexOf(known.verdict)) known.verdict = verdict;
        if (rule !== undefined && !known.rules.includes(rule)) known.rules.push(rule);
        here.set(id, known);
      };
      for (const { requirements, verdict, rule } of scenario.facts)
        for (const { id } of requirements) add(id, verdict, rule);
      for (const at of scenario.kept) {
        const kept = this.run.kept[at];
        for (const position of kept?.requirements ?? []) {
          const id = this.run.requirements[position]?.id;
          if (id !== undefined) add(id, 'pass', kept?.rule);
        }
      }
      for (const [id, one] of here) {
        const those = all.get(id);
        if (those === undefined) all.set(id, [one]);
        else those.push(one);
      }
    }
    return all;
  }
}
