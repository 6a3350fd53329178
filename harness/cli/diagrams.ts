import { isMiss } from '../../reports/causes.ts';
import { ladderOf, marksOf } from '../../reports/ladder/ladder.ts';
import { ladderMermaid } from '../../reports/ladder/mermaid.ts';
import { ladderSvg } from '../../reports/ladder/svg.ts';
import { ladderText } from '../../reports/ladder/text.ts';
import type { Reported } from '../../reports/reported.ts';
import { StoredLogError } from '../../reports/stored-log.ts';
import type { ScenarioResult } from '../runner/record.ts';
import { idMatcher } from '../scenario/id-selector.ts';
import { UsageError } from './usage.ts';

const ENDS = { svg: 'svg', mermaid: 'mmd', text: 'txt' } as const;

export type DiagramName = keyof typeof ENDS;

export const isDiagramName = (name: string): name is DiagramName => Object.hasOwn(ENDS, name);

export interface Diagram {
  /** Below a folder of diagrams. */
  readonly file: string;
  /** @throws UsageError when its wire log cannot be read. */
  render(): string;
}

/**
 * The sequence diagrams of the scenarios that `selector` names: an id, the beginning of ids or a glob. Without it: of those
 * that did not pass, or of all. `columns` is the width of text. @throws UsageError
 */
export function diagramsOf(
  format: DiagramName,
  { record, logs }: Reported,
  selector: string | undefined,
  columns: number,
): Diagram[] {
  return chosen(record.scenarios, selector).map((result) => ({
    file: `${safePath(result.id)}.${ENDS[format]}`,
    render: () => {
      const { id, title, wireLog } = result;
      if (wireLog === undefined) throw new UsageError(`no wire log of ${id} has been kept`);
      try {
        // A capture is named by its path; who is judged in it is no SUT.
        const sut = record.sut.kind === 'capture' ? 'focus' : record.sut.name;
        const ladder = ladderOf(logs(wireLog), marksOf(result), sut);
        switch (format) {
          case 'svg':
            return ladderSvg(ladder, `${id}: ${title}`);
          case 'mermaid':
            return ladderMermaid(ladder);
          case 'text':
            return ladderText(ladder, columns);
        }
      } catch (error) {
        if (error instanceof StoredLogError) throw new UsageError(error.message);
        throw error;
      }
    },
  }));
}

function chosen(scenarios: readonly ScenarioResult[], selector: string | undefined): readonly ScenarioResult[] {
  if (selector === undefined) {
    const missed = scenarios.filter(({ verdict }) => isMiss(verdict));
    return missed.length > 0 ? missed : scenarios;
  }
  const matches = idMatcher(selector);
  const found = scenarios.filter(({ id }) => matches(id));
  if (found.length === 0) throw new UsageError(`no scenario of this run matches "${selector}"`);
  return found;
}

/** A record is no authority on where files go. */
const safePath = (id: string): string =>
  id
    .split('/')
    .map((part) =>
      part
        .replace(/[^\w.-]/g, '_')
        .replace(/^\.+$/, '_')
        .slice(0, 100),
    )
    .join('/')
    .replace(/^\/+/, '') || '_';
