import { shown } from '../markup.ts';
import type { Ladder, Row } from './ladder.ts';

/** A lane of fewer columns has no room for an arrow with its label. */
const MIN_LANE = 16;
const MAX_LANE = 36;
const PLACE = 16;

/** The diagram in plain characters, no line wider than `columns`; as a list where it does not fit. */
export function ladderText(ladder: Ladder, columns = 100): string {
  const lane = Math.min(MAX_LANE, Math.floor((columns - PLACE - 1) / ladder.lifelines.length));
  const lines = lane < MIN_LANE ? asList(ladder, columns) : asLanes(ladder, lane);
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function asLanes({ lifelines, rows }: Ladder, lane: number): string[] {
  const heads = lifelines.map(({ name }) => centred(shown(name, lane - 2), lane)).join('');
  const width = lane * lifelines.length;
  return [' '.repeat(PLACE) + heads, ...rows.map((row) => placeOf(row) + inLanes(row, lane, lifelines.length, width))];
}

function inLanes(row: Row, lane: number, lanes: number, width: number): string {
  const rails: string[] = Array.from({ length: width }, (_, column) =>
    column % lane === Math.floor(lane / 2) && column < lane * lanes ? '|' : ' ',
  );
  const at = (lifeline: number): number => lifeline * lane + Math.floor(lane / 2);
  const write = (from: number, text: string): void => {
    for (const [offset, character] of [...text].entries()) if (from + offset < width) rails[from + offset] = character;
  };
  switch (row.kind) {
    case 'message': {
      const [left, right] = [at(Math.min(row.from, row.to)) + 1, at(Math.max(row.from, row.to)) - 1];
      const room = right - left + 1;
      const text = ` ${shown(row.headline, room - 6)} `;
      const line = text.padStart(Math.floor((room + text.length) / 2), '-').padEnd(room, '-');
      write(left, row.to > row.from ? `${line.slice(0, -1)}>` : `<${line.slice(1)}`);
      break;
    }
    case 'connection': {
      const text = `* ${shown(row.headline, width)}`;
      write(at(row.at), text.slice(0, Math.max(lane - 2, 0)));
      break;
    }
    case 'skipped':
      write(0, centred(`… ${row.count} more (#${row.first} to #${row.last}) …`, width));
      break;
  }
  return rails.join('');
}

function asList({ lifelines, rows }: Ladder, columns: number): string[] {
  const sut = lifelines.length - 1;
  const nameOf = (at: number): string => shown(lifelines[at]?.name ?? '', 24);
  return rows.map((row) => {
    const rest = ((): string => {
      switch (row.kind) {
        case 'message':
          return row.to === sut
            ? `${nameOf(row.from)} → ${shown(row.headline)}`
            : `${nameOf(row.to)} ← ${shown(row.headline)}`;
        case 'connection':
          return `${nameOf(row.at)} * ${shown(row.headline)}`;
        case 'skipped':
          return `… ${row.count} more (#${row.first} to #${row.last})`;
      }
    })();
    const line = placeOf(row) + rest;
    return line.length > columns ? `${line.slice(0, Math.max(columns - 1, 1))}…` : line;
  });
}

function placeOf(row: Row): string {
  if (row.kind === 'skipped') return ' '.repeat(PLACE);
  const mark = row.mark === 'divergent' ? '!' : row.mark === 'evidence' ? '?' : ' ';
  return `${mark}${`#${row.index}`.padEnd(6)}${`${Math.round(row.time)} ms`.padStart(8)} `.padEnd(PLACE);
}

function centred(text: string, width: number): string {
  return text.padStart(Math.floor((width + text.length) / 2)).padEnd(width);
}
