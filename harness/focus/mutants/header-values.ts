import { editHeader, onMsrpRequests } from '../rewriting.ts';
import { type Mutant, rfc4975 } from './mutant.ts';

/** Values that may be written in more than one way (RFC 4975 §9). */
export const headerValueMutants: readonly Mutant[] = [
  {
    name: 'knows-yes-in-small-letters',
    about: 'does not understand "Success-Report: YES"',
    violates: rfc4975('9-14'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [editHeader(request, 'Success-Report', (value) => (value === 'yes' ? value : 'no'))]),
  },
  {
    name: 'knows-no-in-small-letters',
    about: 'does not understand "Failure-Report: No"',
    violates: rfc4975('9-15'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        editHeader(request, 'Failure-Report', (value) => (/^(?:no|partial)$/.test(value) ? value : 'yes')),
      ]),
  },
  {
    name: 'needs-values-of-parameters',
    about: 'does not know a type whose parameter has no value',
    violates: rfc4975('9-19'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        editHeader(request, 'Content-Type', (value) => (/;[^=;]+$/.test(value) ? 'application/x-unreadable' : value)),
      ]),
  },
];
