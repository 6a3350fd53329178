import { onDescriptions } from '../rewriting.ts';
import { type Mutant, rfc4975 } from './mutant.ts';

/** Who connects (RFC 6135 §4.2). */
export const setupMutants: readonly Mutant[] = [
  {
    name: 'connects-now-and-then',
    about: 'connects to every third participant though it has left that to them',
    violates: ['RFC6135-4.2.1-01'],
    weight: 'fail',
    decisions: () => {
      let passive = 0;
      return { connects: (isActive) => isActive || ++passive % 3 === 0 };
    },
  },
  {
    name: 'never-connects',
    about: 'waits for a connection though it has said that it connects',
    violates: [...rfc4975('5.4-03', '5.4-05'), 'RFC6135-4.2.1-03'],
    weight: 'fail',
    decisions: () => ({ connects: () => false }),
  },
  {
    name: 'setup-now-and-then',
    about: 'leaves a=setup out of every other description',
    violates: ['RFC6135-4.2.1-02'],
    weight: 'fail',
    wire: () => {
      let count = 0;
      return onDescriptions((sdp) => {
        count += 1;
        return count % 2 === 0 ? sdp.replace(/^a=setup:.*\r\n/m, '') : sdp;
      });
    },
  },
  {
    name: 'offers-passive',
    about: 'offers passive',
    violates: ['RFC6135-4.2.2-05', 'RFC6135-4.2.2-03'],
    weight: 'fail',
    wire: () => onDescriptions((sdp) => sdp.replace(/^a=setup:actpass/m, 'a=setup:passive')),
  },
  {
    name: 'says-to-connect-with-two-ports',
    about: 'answers actpass with active, one port in m= and another in the path',
    violates: ['RFC6135-4.2.2-02', 'RFC6135-4.2.2-08'],
    weight: 'warn',
    decisions: () => ({ answersActpass: () => 'active' }),
    wire: () =>
      onDescriptions((sdp) => (/^a=setup:active/m.test(sdp) ? sdp.replace(/^(m=message) \d+/m, '$1 9') : sdp)),
  },
];
