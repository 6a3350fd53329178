import type { WireRewriting } from '../alteration.ts';
import { editBody, editHeader, onMsrpRequests } from '../rewriting.ts';
import { type Mutant, rfc4975 } from './mutant.ts';

/** The room has URIs whose session-ids can be counted. */
function countedSessions(): WireRewriting {
  const told = new Map<string, string>();
  const told2real = new Map<string, string>();
  const tell = (id: string): string => {
    const known = told.get(id);
    if (known !== undefined) return known;
    const fresh = `session-of-the-room-${String(told.size + 1).padStart(4, '0')}`;
    told.set(id, fresh);
    told2real.set(fresh, id);
    return fresh;
  };
  const ID = /(msrps?:\/\/[^/;]+\/)([^;\s]+)/gi;
  return {
    sipWritten: (message) => [
      editBody(message, 'application/sdp', (sdp) =>
        sdp.replace(/^a=path:.*$/m, (line) => line.replace(ID, (_all, front: string, id: string) => front + tell(id))),
      ),
    ],
    msrpWritten: (message) => [
      editHeader(message, 'From-Path', (value) =>
        value.replace(ID, (_all, front: string, id: string) => front + (told.get(id) ?? id)),
      ),
    ],
    msrpReceived: (message) => [
      editHeader(message, 'To-Path', (value) =>
        value.replace(ID, (_all, front: string, id: string) => front + (told2real.get(id) ?? id)),
      ),
    ],
  };
}

/** URIs that the switch gives out and has to know again (RFC 4975 §6, §14.1). */
export const ownUriMutants: readonly Mutant[] = [
  {
    name: 'counted-sessions',
    about: 'numbers its sessions',
    violates: rfc4975('8.2-09'),
    weight: 'warn',
    wire: countedSessions,
  },
  {
    name: 'serves-without-transport',
    about: 'serves a To-Path without transport',
    violates: rfc4975('9-09'),
    weight: 'fail',
    wire: () =>
      onMsrpRequests((request) => [
        editHeader(request, 'To-Path', (value) => (/;/.test(value) ? value : `${value};tcp`)),
      ]),
  },
  {
    name: 'forgets-its-own-uris',
    about: 'knows no session at the first SEND, at every other connection',
    violates: rfc4975('8.2-06', '8.2-04'),
    weight: 'fail',
    wire: () => {
      const streams = new Map<string, boolean>();
      return onMsrpRequests((request, stream) => {
        if (streams.has(stream)) return [request];
        streams.set(stream, true);
        if (streams.size % 2 === 1) return [request];
        return [editHeader(request, 'To-Path', (value) => value.replace(/\/[^/;]+;/, '/forgotten-0123456789;'))];
      });
    },
  },
];
