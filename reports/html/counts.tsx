/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { JSX } from 'preact';
import { type RequirementVerdict, requirementWord, type ScenarioVerdict } from './words.ts';

type AnyVerdict = ScenarioVerdict | RequirementVerdict;

/** A verdict as a coloured word; its sign comes from the style sheet. */
export function Verdict({ of }: { of: ScenarioVerdict }): JSX.Element {
  return (
    <b class="v" data-v={of}>
      {of}
    </b>
  );
}

interface CountsProps<V extends AnyVerdict> {
  of: readonly V[];
  order: readonly V[];
}

export function Counts<V extends AnyVerdict>({ of, order }: CountsProps<V>): JSX.Element {
  return (
    <>
      {counted(of, order).map(([verdict, count]) => (
        <span class="count" data-v={verdict}>
          {count} {verdict}
        </span>
      ))}
    </>
  );
}

interface ShareProps<V extends AnyVerdict> extends CountsProps<V> {
  title: 'Scenarios' | 'Requirements';
  href: (verdict: V) => string;
}

/** How much of all came out how: a bar, and the same in figures. */
export function Share<V extends AnyVerdict>({ title, of, order, href }: ShareProps<V>): JSX.Element {
  const counts = counted(of, order);
  const word = (verdict: V): string =>
    title === 'Requirements' && verdict !== 'error' && verdict !== 'differs' ? requirementWord(verdict) : verdict;
  return (
    <section class="share">
      <h2>
        {title} <span class="total">{of.length.toLocaleString('en')}</span>
      </h2>
      <div class="bar" aria-hidden="true">
        {counts.map(([verdict, count]) => (
          <i data-v={verdict} style={`flex-grow:${count}`} />
        ))}
      </div>
      <ul class="legend">
        {counts.map(([verdict, count]) => (
          <li>
            <a href={href(verdict)} data-v={verdict}>
              <strong>{count.toLocaleString('en')}</strong> {word(verdict)}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function counted<V extends AnyVerdict>(of: readonly V[], order: readonly V[]): (readonly [V, number])[] {
  return order
    .map((verdict) => [verdict, of.filter((one) => one === verdict).length] as const)
    .filter(([, count]) => count > 0);
}
