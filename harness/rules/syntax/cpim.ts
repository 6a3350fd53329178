import { parseCpimAddress } from '../../codec/cpim/address.ts';
import type { ParsedCpim } from '../../codec/cpim/message.ts';
import { cpimHeaders, parseNamespace } from '../../codec/cpim/namespace.ts';
import { always, type Occasion, when } from './occasion.ts';

const contains =
  (name: string, test: (value: string) => boolean = always) =>
  ({ headers }: ParsedCpim): boolean =>
    cpimHeaders(headers, name).some(({ value }) => test(value));

const isAddress = (value: string): boolean => parseCpimAddress(value).ok;

const declaresPrefix = (value: string): boolean => {
  const declaration = parseNamespace(value);
  return declaration.ok && declaration.value.prefix !== undefined;
};

export const cpimOccasions: readonly Occasion<ParsedCpim>[] = [
  when(
    ({ headers }) => headers.length > 0,
    'RFC3862-2-01',
    'RFC3862-2.2-03',
    'RFC3862-2.2-04',
    'RFC3862-2.2-06',
    'RFC3862-2.2-07',
    'RFC3862-2.2-08',
    'RFC3862-2.2-09',
    'RFC3862-2.2-10',
    'RFC3862-2.3.1-06',
    'RFC3862-2.4-01',
    'RFC3862-3-01',
    'RFC3862-3.1-01',
    'RFC3862-3.2-01',
    'RFC3862-3.2-02',
    'RFC4975-13-13',
    'RFC4975-13-16',
  ),
  when(({ headers }) => headers.some(({ value }) => value.includes('\\')), 'RFC3862-2.3.1-01'),
  when(({ headers }) => headers.some(({ value }) => /[^\0-\x7f]/.test(value)), 'RFC3862-3.6-01'),
  when(({ headers }) => headers.some(({ parameters }) => parameters?.startsWith(';lang=') === true), 'RFC3862-3.3-01'),
  when(({ headers }) => headers.some(({ name }) => name.includes('.')), 'RFC3862-3.4-04'),
  when(
    ({ headers }) => headers.some(({ name, value }) => /^(?:From|To)$/.test(name) && value.startsWith('"')),
    'RFC3862-2.3.1-04',
  ),
  when(contains('From', isAddress), 'RFC3862-4.1-01'),
  when(contains('To', isAddress), 'RFC3862-4.2-01'),
  when(contains('DateTime'), 'RFC3862-4.4-01'),
  when(contains('NS'), 'RFC3862-3.4-02', 'RFC3862-3.4-03'),
  when(contains('NS', declaresPrefix), 'RFC3862-4.6-01'),
  when(contains('Require'), 'RFC3862-4.7-01'),
];
