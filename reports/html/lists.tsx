/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { JSX } from 'preact';
import type { Catalogue } from '../../harness/catalogue/catalogue.ts';
import type { RequirementResult, RunRecord, ScenarioResult } from '../../harness/runner/record.ts';
import { shown } from '../markup.ts';
import { Counts } from './counts.tsx';
import { requirementLink, scenarioLink } from './links.ts';
import {
  areaName,
  areasOf,
  duration,
  REQUIREMENT_VERDICTS,
  requirementWord,
  rfcName,
  SCENARIO_VERDICTS,
} from './words.ts';

/** All scenarios by area; `page/filter.js` hides what is not asked for. */
export function ScenarioList({ scenarios }: { scenarios: readonly ScenarioResult[] }): JSX.Element {
  const areas = areasOf(scenarios);
  const present = SCENARIO_VERDICTS.filter((verdict) => scenarios.some((one) => one.verdict === verdict));
  return (
    <>
      <h1>Scenarios</h1>
      <form id="filter" class="filter">
        <input
          type="search"
          name="q"
          placeholder="Search title, id, requirement   ( / )"
          aria-label="Search scenarios"
        />
        <select name="area" aria-label="Area">
          <option value="">All areas</option>
          {[...areas.keys()].map((area) => (
            <option value={area}>{areaName(area)}</option>
          ))}
        </select>
        <fieldset>
          <legend>Verdict</legend>
          {present.map((verdict) => (
            <label data-v={verdict}>
              <input type="checkbox" name="verdict" value={verdict} /> {verdict}{' '}
              <span>{scenarios.filter((one) => one.verdict === verdict).length}</span>
            </label>
          ))}
        </fieldset>
        <p id="found" role="status" />
      </form>
      {[...areas].map(([area, those]) => (
        <section class="area" data-area={area}>
          <h2>
            {areaName(area)} <Counts of={those.map((one) => one.verdict)} order={SCENARIO_VERDICTS} />
          </h2>
          <ul class="list">
            {those.map(({ id, title, verdict, durationMs, known }) => (
              <li data-v={verdict}>
                <a href={scenarioLink(id)}>{shown(title, 300)}</a>
                <span>
                  {verdict}
                  {known === undefined ? '' : ', known'}
                </span>
                <small>{duration(durationMs)}</small>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

interface MapProps {
  requirements: readonly RequirementResult[];
  catalogue: Catalogue;
}

/** All requirements by RFC and section; each cell leads to what judged it. */
export function RequirementMap({ requirements, catalogue }: MapProps): JSX.Element {
  const rfcs = new Map<number, Map<string, RequirementResult[]>>();
  for (const one of requirements) {
    const { rfc = 0, section = '' } = catalogue.get(one.id) ?? {};
    const sections = rfcs.get(rfc) ?? new Map<string, RequirementResult[]>();
    rfcs.set(rfc, sections);
    const those = sections.get(section);
    if (those === undefined) sections.set(section, [one]);
    else those.push(one);
  }
  const present = REQUIREMENT_VERDICTS.filter((verdict) => requirements.some((one) => one.verdict === verdict));
  const order = [...rfcs].toSorted(([a], [b]) => Number(b === 7701) - Number(a === 7701) || a - b);
  return (
    <>
      <h1>Requirements</h1>
      <form id="map-filter" class="filter">
        <input type="search" name="q" placeholder="Search text, id, section   ( / )" aria-label="Search requirements" />
        <fieldset>
          <legend>State</legend>
          {present.map((verdict) => (
            <label data-v={verdict}>
              <input type="checkbox" name="verdict" value={verdict} /> {requirementWord(verdict)}{' '}
              <span>{requirements.filter((one) => one.verdict === verdict).length}</span>
            </label>
          ))}
        </fieldset>
        <p id="map-found" role="status" />
      </form>
      {order.map(([rfc, sections]) => (
        <section class="rfc">
          <h2>
            {rfc === 0 ? 'Not in this catalogue' : `RFC ${rfc}`} <small>{rfcName(rfc)}</small>
          </h2>
          <dl class="sections">
            {[...sections].map(([section, those]) => (
              <div>
                <dt>§{section}</dt>
                <dd>
                  {those.map(({ id, verdict }) => (
                    <a href={requirementLink(id)} data-v={verdict} aria-label={`${id} ${requirementWord(verdict)}`}>
                      {/\d+$/.exec(id)?.[0] ?? id}
                    </a>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}

const SLOWEST = 25;

/** How long scenarios took: how many of each length, and the slowest. */
export function Timing({ record }: { record: RunRecord }): JSX.Element {
  const slowest = record.scenarios.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, SLOWEST);
  const most = Math.max(slowest[0]?.durationMs ?? 1, 1);
  const times = record.scenarios.map((one) => one.durationMs).toSorted((a, b) => a - b);
  const at = (share: number): string => duration(times[Math.floor((times.length - 1) * share)] ?? 0);
  return (
    <>
      <h1>Timing</h1>
      <p class="note">
        The run took {duration(record.durationMs)}. Half of the scenarios took at most {at(0.5)}, nine of ten {at(0.9)},
        the slowest {at(1)}.
      </p>
      <Histogram times={times} />
      <h2>The slowest</h2>
      <table class="slow">
        <tbody>
          {slowest.map(({ id, title, durationMs }) => (
            <tr>
              <td class="number">{duration(durationMs)}</td>
              <td>
                <a href={scenarioLink(id)}>{shown(title, 300)}</a>
                <div class="length" aria-hidden="true">
                  <i style={`width:${((100 * durationMs) / most).toFixed(1)}%`} />
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** Upper ends in ms; the last class has none. */
const CLASSES = [3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000];

function Histogram({ times }: { times: readonly number[] }): JSX.Element {
  const ends = [...CLASSES, Number.POSITIVE_INFINITY];
  const counts = ends.map((end, at) => times.filter((time) => time < end && time >= (ends[at - 1] ?? 0)).length);
  const most = Math.max(...counts, 1);
  const used = counts.findLastIndex((count) => count > 0) + 1;
  return (
    <table class="histogram">
      <caption>Scenarios by how long they took</caption>
      <tbody>
        {counts.slice(0, used).map((count, at) => {
          const [from, to] = [ends[at - 1] ?? 0, ends[at] ?? 0];
          return (
            <tr>
              <th scope="row">{Number.isFinite(to) ? `below ${duration(to)}` : `${duration(from)} and more`}</th>
              <td class="number">{count}</td>
              <td>
                <div class="length" aria-hidden="true">
                  <i style={`width:${((100 * count) / most).toFixed(1)}%`} />
                </div>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
