/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { JSX } from 'preact';
import type { Catalogue } from '../../harness/catalogue/catalogue.ts';
import type { RunRecord } from '../../harness/runner/record.ts';
import { shown } from '../markup.ts';
import { RequirementMap, ScenarioList, Timing } from './lists.tsx';
import { Summary } from './summary.tsx';

interface BodyProps {
  record: RunRecord;
  catalogue: Catalogue;
}

/** What the page shows by itself. What is looked at one by one, scenarios and requirements, its scripts put in. */
export function Body({ record, catalogue }: BodyProps): JSX.Element {
  const { scenarios, requirements, sut } = record;
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="#summary">
          msrpspec
        </a>
        <nav aria-label="Report">
          <a href="#summary">Summary</a>
          <a href="#scenarios">
            Scenarios <span>{scenarios.length}</span>
          </a>
          <a href="#requirements">
            Requirements <span>{requirements.length}</span>
          </a>
          <a href="#timing">Timing</a>
        </nav>
        <span class="sut">{shown(sut.name, 80)}</span>
        <button type="button" id="theme" aria-label="Light or dark">
          ◐
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        <noscript>
          <p class="alerts">Without JavaScript the single scenarios and their messages cannot be opened.</p>
        </noscript>
        <section class="view" id="view-summary">
          <Summary record={record} summaryOf={(id) => catalogue.get(id)?.summary.trim() ?? ''} />
        </section>
        <section class="view" id="view-scenarios">
          <ScenarioList scenarios={scenarios} />
        </section>
        <section class="view" id="view-requirements">
          <RequirementMap requirements={requirements} catalogue={catalogue} />
        </section>
        <section class="view" id="view-timing">
          <Timing record={record} />
        </section>
        <section class="view" id="view-one" />
      </main>
    </>
  );
}
