import { Document, isMap, isScalar, isSeq, type Pair, Scalar, visit, type YAMLMap } from 'yaml';
import type { ActorStep } from './deed.ts';
import type { ScriptStep } from './order.ts';

/** A script in the words of the language, above its steps. */
export interface ScriptHead {
  readonly title: string;
  readonly about: string;
  readonly needs: readonly string[];
  readonly room: Readonly<Record<string, unknown>>;
  readonly cast: readonly string[] | Readonly<Record<string, unknown>>;
  readonly lets: Readonly<Record<string, string>>;
}

const COLUMNS = 118;

/** A scenario file of the language. `notes` stand above it, line by line. */
export function scriptText(head: ScriptHead, steps: readonly ScriptStep[], notes: readonly string[]): string {
  const { title, about, needs, room, cast, lets } = head;
  const document = new Document({
    title,
    ...(about === '' ? {} : { about }),
    origin: 'captured',
    ...(needs.length === 0 ? {} : { needs }),
    ...(Object.keys(room).length === 0 ? {} : { room }),
    cast,
    ...(Object.keys(lets).length === 0 ? {} : { let: lets }),
    steps: steps.map(written),
  });
  inShortLines(document);
  const comment = notes.map((note) => `# ${note.replace(/[\r\n]+/g, ' ')}\n`).join('');
  return `${comment}${document.toString({ lineWidth: COLUMNS, flowCollectionPadding: true })}`;
}

function written(step: ScriptStep): Readonly<Record<string, unknown>> {
  switch (step.kind) {
    case 'actor':
      return simple(step);
    case 'together':
      return { together: step.steps.map(simple), ...(step.expect === undefined ? {} : { expect: step.expect }) };
    case 'nobody':
    case 'nobody-else':
      return { [step.kind]: { receives: step.label } };
  }
}

const simple = ({ actor, action, as, expect }: ActorStep): Readonly<Record<string, unknown>> => ({
  [actor]: action,
  ...(as === undefined ? {} : { as }),
  ...(expect === undefined ? {} : { expect }),
});

/** A step stands in one line where it fits; octets and descriptions stand as they are. */
function inShortLines(document: Document): void {
  for (const key of ['needs', 'room', 'cast']) {
    const node = document.get(key);
    if (isSeq(node) || (isMap(node) && key === 'room')) node.flow = true;
    if (isMap(node)) for (const { value } of node.items) if (isMap(value)) value.flow = true;
  }
  const steps = document.get('steps');
  if (!isSeq(steps)) return;
  for (const step of steps.items) if (isMap(step)) shorten(step);
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && node.value.includes('\n')) node.type = Scalar.BLOCK_LITERAL;
    },
  });
}

function shorten(step: YAMLMap): void {
  for (const item of step.items) {
    const { key, value } = item as Pair;
    if (isScalar(key) && key.value === 'together' && isSeq(value)) {
      for (const inner of value.items) if (isMap(inner)) shorten(inner);
      continue;
    }
    if ((isMap(value) || isSeq(value)) && !hasLines(value.toJSON())) value.flow = true;
  }
}

const hasLines = (value: unknown): boolean => JSON.stringify(value).includes('\\n');
