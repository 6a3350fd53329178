import { headerOf, type MsrpRequest } from '../../codec/msrp/message.ts';
import { serializeMsrp } from '../../codec/msrp/serialize.ts';
import { editHeader } from '../../focus/rewriting.ts';
import type { ClientMutant } from './mutant.ts';
import { overheardNetwork } from './network.ts';

/** Longer than what is on its way would take. */
const LATER_MS = 1_200;

const again = (message: MsrpRequest): Buffer =>
  serializeMsrp({ ...message, transactionId: `a${message.transactionId.slice(1).split('').reverse().join('')}` });

/** What was said last is said again when it has been answered with this status. */
const repeatingAfter =
  (status: number, edit: (message: MsrpRequest) => MsrpRequest): NonNullable<ClientMutant['network']> =>
  (network, clock) => {
    const said = new Map<string, MsrpRequest>();
    return overheardNetwork(network, clock, ({ message, direction }, say) => {
      if (!('transactionId' in message)) return;
      if (direction === 'written' && message.kind === 'request' && message.method === 'SEND')
        said.set(message.transactionId, message);
      const refused =
        message.kind === 'response' && message.status === status ? said.get(message.transactionId) : undefined;
      if (direction === 'received' && refused !== undefined) say(again(edit(refused)), LATER_MS, 'the connection');
    });
  };

/** What it does not let go. */
export const persistence: readonly ClientMutant[] = [
  {
    name: 'client-goes-on-after-413',
    about: 'sends more of a message that was answered with 413',
    violates: ['RFC4975-10.5-02'],
    weight: 'fail',
    network: repeatingAfter(413, (message) => {
      const length = message.body?.length ?? 0;
      return editHeader(message, 'Byte-Range', () => `${length + 1}-${2 * length}/${2 * length}`);
    }),
  },
  {
    name: 'client-repeats-what-is-forbidden',
    about: 'sends what was refused with 403 once more',
    violates: ['RFC4975-10.3-02'],
    weight: 'warn',
    network: repeatingAfter(403, (message) => message),
  },
  {
    name: 'client-speaks-after-bye',
    about: 'sends a message in a session that it has ended',
    violates: ['RFC4975-11.1-01'],
    weight: 'fail',
    shownBy: 'participant/has-left-for-good',
    network: (network, clock) => {
      let last: MsrpRequest | undefined;
      return overheardNetwork(network, clock, ({ message, direction }, say) => {
        if (direction !== 'written' || message.kind !== 'request') return;
        if ('transactionId' in message) {
          if (message.method === 'SEND' && headerOf(message, 'Message-ID') !== undefined) last = message;
        } else if (message.method === 'BYE' && last !== undefined) say(again(last), LATER_MS, 'a new connection');
      });
    },
  },
  {
    name: 'client-stays-in-a-session-nobody-knows',
    about: 'goes on as before when the room does not know its session',
    violates: ['RFC4975-10.8-02'],
    weight: 'warn',
    shownBy: 'participant/gives-up-a-session-that-the-room-does-not-know',
    wire: () => ({
      msrpReceived: (message) => [
        message.kind === 'response' && message.status === 481 ? { ...message, status: 400 } : message,
      ],
    }),
  },
];
