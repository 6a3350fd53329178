/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { ComponentChildren, JSX } from 'preact';
import type { RunRecord, ScenarioResult } from '../../harness/runner/record.ts';
import { type Cause, causesOf } from '../causes.ts';
import { shown } from '../markup.ts';
import { Counts, Share, Verdict } from './counts.tsx';
import { requirementLink, scenarioLink, scenariosLink } from './links.ts';
import { areaName, areasOf, conclusion, duration, many, REQUIREMENT_VERDICTS, SCENARIO_VERDICTS } from './words.ts';

const CAUSES_SHOWN = 8;
const CAUSES_KEPT = 60;

/** What somebody has to know who reads nothing else. */
export function Summary({ record, summaryOf }: { record: RunRecord; summaryOf: (id: string) => string }): JSX.Element {
  const { verdict, sentence, detail } = conclusion(record);
  const { scenarios, requirements } = record;
  return (
    <>
      <p class="kicker">Conformance of {subject(record.sut)} to RFC 7701</p>
      <h1 data-v={verdict} class="verdict">
        {shown(sentence)}
      </h1>
      <p class="lead">{detail}</p>
      <Alerts record={record} />
      <div class="tallies">
        <Share
          title="Scenarios"
          of={scenarios.map((one) => one.verdict)}
          order={SCENARIO_VERDICTS}
          href={scenariosLink}
        />
        <Share
          title="Requirements"
          of={requirements.map((one) => one.verdict)}
          order={REQUIREMENT_VERDICTS}
          href={(one) => `#requirements?verdict=${one}`}
        />
      </div>
      <Causes causes={causesOf(record)} summaryOf={summaryOf} />
      <div class="columns">
        <Areas scenarios={scenarios} />
        <Facts record={record} />
      </div>
    </>
  );
}

function roleText({ kind, role }: RunRecord['sut']): string {
  if (kind === 'capture') return 'focus and clients';
  return role === 'focus' ? 'focus (chat-room server)' : 'participant (client)';
}

function subject({ kind, role }: RunRecord['sut']): string {
  if (kind === 'capture') return 'the parties of a capture';
  return role === 'focus' ? 'a chat room' : 'a chat client';
}

/** What went wrong beside the scenarios. */
function Alerts({ record }: { record: RunRecord }): JSX.Element | null {
  const { stopped, deaths = [], stale = [], flaky = [], sut } = record;
  const lines: ComponentChildren[] = [
    ...(stopped === undefined ? [] : [<>The run ended early: {shown(stopped)}</>]),
    ...deaths.map(({ during, how }) => (
      <>
        The SUT died and was started again: {shown(how)}, during <Scenarios ids={during} />
      </>
    )),
    ...(sut.notServed ?? []).map((name) => <>The profile claims {shown(name)}, and the SUT does not show it.</>),
    ...stale.map(({ requirement, scenario, reason }) => (
      <>
        A known deviation that does not occur any more; take it off the profile:{' '}
        {shown([requirement, scenario].filter((one) => one !== undefined).join(' in '))} ({shown(reason)})
      </>
    )),
    ...(flaky.length === 0
      ? []
      : [
          <>
            Flaky, not the same each time: <Scenarios ids={flaky} />
          </>,
        ]),
  ];
  return lines.length === 0 ? null : (
    <ul class="alerts">
      {lines.map((line) => (
        <li>{line}</li>
      ))}
    </ul>
  );
}

function Scenarios({ ids }: { ids: readonly string[] }): JSX.Element {
  return (
    <>
      {ids.slice(0, 12).map((id, at) => (
        <>
          {at === 0 ? '' : ', '}
          <a href={scenarioLink(id)}>{shown(id)}</a>
        </>
      ))}
      {ids.length > 12 ? ` and ${ids.length - 12} more` : ''}
    </>
  );
}

interface CausesProps {
  causes: readonly Cause[];
  summaryOf: (id: string) => string;
}

function Causes({ causes, summaryOf }: CausesProps): JSX.Element | null {
  if (causes.length === 0) return null;
  const known = causes.filter(({ fact }) => fact.known !== undefined);
  const open = causes.filter(({ fact }) => fact.known === undefined);
  return (
    <>
      {open.length === 0 ? null : (
        <section class="block">
          <h2>What is wrong</h2>
          <p class="note">By cause, the gravest first: one fault of the SUT may show in many scenarios.</p>
          <CauseList causes={open} summaryOf={summaryOf} />
        </section>
      )}
      {known.length === 0 ? null : (
        <section class="block">
          <h2>Known deviations</h2>
          <p class="note">The profile lists them; they do not fail the run.</p>
          <CauseList causes={known} summaryOf={summaryOf} />
        </section>
      )}
    </>
  );
}

function CauseList({ causes, summaryOf }: CausesProps): JSX.Element {
  const items = causes.slice(0, CAUSES_KEPT).map((cause) => <CauseItem cause={cause} summaryOf={summaryOf} />);
  const rest = items.slice(CAUSES_SHOWN);
  return (
    <>
      <ol class="causes">{items.slice(0, CAUSES_SHOWN)}</ol>
      {rest.length === 0 ? null : (
        <details class="more-causes">
          <summary>{many(rest.length, 'more cause')}</summary>
          <ol class="causes">{rest}</ol>
        </details>
      )}
      {causes.length > CAUSES_KEPT ? (
        <p class="note">{many(causes.length - CAUSES_KEPT, 'more cause')} in the list of scenarios.</p>
      ) : null}
    </>
  );
}

function CauseItem({ cause, summaryOf }: { cause: Cause; summaryOf: CausesProps['summaryOf'] }): JSX.Element {
  const { fact, scenarios } = cause;
  const [first, ...others] = fact.requirements;
  return (
    <li>
      <Verdict of={fact.verdict} />
      <div>
        <p class="said">{shown(first === undefined ? fact.message : summaryOf(first.id) || fact.message)}</p>
        {fact.due === undefined && fact.actual === undefined ? (
          first === undefined ? null : (
            <p class="pair">{shown(fact.message)}</p>
          )
        ) : (
          <p class="pair">
            {fact.due === undefined ? null : (
              <>
                {fact.due.by === 'capture' ? 'in the capture' : 'expected'} <code>
                  {shown(fact.due.text, 200)}
                </code>{' '}
              </>
            )}
            {fact.actual === undefined ? null : (
              <>
                got <code>{shown(fact.actual, 200)}</code>
              </>
            )}
          </p>
        )}
        {fact.known === undefined ? null : <p class="known">Known: {shown(fact.known)}</p>}
        <p class="meta">
          {first === undefined ? null : (
            <>
              <a href={requirementLink(first.id)}>{first.id}</a> {first.level}
              {others.length === 0 ? '' : ` and ${many(others.length, 'more requirement')}`} ·{' '}
            </>
          )}
          {scenarios.slice(0, 3).map(({ id }, at) => (
            <>
              {at === 0 ? '' : ', '}
              <a href={scenarioLink(id)}>{shown(id)}</a>
            </>
          ))}
          {scenarios.length > 3 ? ` and ${many(scenarios.length - 3, 'more scenario')}` : ''}
        </p>
      </div>
    </li>
  );
}

function Areas({ scenarios }: { scenarios: readonly ScenarioResult[] }): JSX.Element {
  const areas = areasOf(scenarios);
  return (
    <section class="block">
      <h2>By area</h2>
      <table class="areas">
        <thead>
          <tr>
            <th>Area</th>
            <th>Scenarios</th>
            <th>Outcome</th>
          </tr>
        </thead>
        <tbody>
          {[...areas].map(([area, those]) => (
            <tr>
              <th scope="row">
                <a href={`#scenarios?area=${encodeURIComponent(area)}`}>{areaName(area)}</a>
              </th>
              <td>{those.length}</td>
              <td>
                <Outcome of={those} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Outcome({ of }: { of: readonly ScenarioResult[] }): JSX.Element {
  const others = of.map((one) => one.verdict).filter((one) => one !== 'pass');
  return others.length > 0 ? (
    <Counts of={others} order={SCENARIO_VERDICTS} />
  ) : (
    <span class="count" data-v="pass">
      all pass
    </span>
  );
}

function Facts({ record }: { record: RunRecord }): JSX.Element {
  const { sut, started, durationMs, seed, reading = 'tolerant', load, leftOut, shard, merged, argv, tool } = record;
  const rows: readonly (readonly [string, ComponentChildren])[] = [
    ['SUT', shown(sut.name)],
    ['Role', roleText(sut)],
    ['Reached as', shown(`${sut.kind}, ${sut.target}`)],
    ['Capabilities', <Capabilities sut={sut} />],
    ['Started', <time dateTime={shown(started)}>{shown(started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))}</time>],
    ['Took', duration(durationMs)],
    [
      'Reading',
      reading === 'strict'
        ? 'strict: tolerated oddities fail'
        : 'tolerant: oddities that RFCs leave room for are warned of',
    ],
    ...(load === undefined ? [] : [['Load', loadText(load)] as const]),
    ...(shard === undefined
      ? []
      : [['Shard', `${shard.index} of ${shard.of}; ${many(shard.selected, 'scenario')} in all`] as const]),
    ...(merged === undefined ? [] : [['Merged', `from ${many(merged.length, 'run')}`] as const]),
    ...(leftOut === undefined
      ? []
      : [['Left out', `${many(leftOut.length, 'scenario')} that need simulated time`] as const]),
    ['Seed', <code>{shown(seed)}</code>],
    ['Command', <code>{shown(['msrpspec', ...argv].join(' '), 300)}</code>],
    ['Version', `msrpspec ${shown(tool.version)}`],
  ];
  return (
    <section class="block">
      <h2>The run</h2>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}

function Capabilities({ sut }: { sut: RunRecord['sut'] }): JSX.Element {
  if (sut.capabilities.length === 0 && sut.notServed === undefined) return <>none beyond room messages</>;
  return (
    <ul class="chips">
      {sut.capabilities.map((name) => (
        <li>{shown(name)}</li>
      ))}
      {(sut.notServed ?? []).map((name) => (
        <li data-v="fail">{shown(name)}: claimed, not served</li>
      ))}
    </ul>
  );
}

const loadText = ({ rooms, connections, peakConnections, messages }: NonNullable<RunRecord['load']>): string =>
  `${many(messages, 'request')} over ${many(connections, 'connection')} (${peakConnections.toLocaleString('en')} at most at a time) in ${many(rooms, 'room')}`;
