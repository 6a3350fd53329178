import type { End, Flow } from '../packets/flow.ts';
import type { WireEntry } from '../wire/entry.ts';
import { opposite } from './call.ts';
import type { CaptureItem } from './item.ts';

/** Whether the capture names the actors, as our own recordings do, or is one as anybody may take it. */
export type Naming = 'named' | 'nameless';

/** What a capture of these wire logs would hold, one after the other: as a recording tells it, or without any names. */
export function itemsOf(logs: readonly (readonly WireEntry[])[], naming: Naming): CaptureItem[] {
  const items: CaptureItem[] = [];
  let flows = 0;
  let frame = 0;
  let epoch = 1_600_000_000_000;
  for (const entries of logs) {
    const known = new Map<string, { readonly flow: Flow; readonly actorEnd: End }>();
    const acceptedAt = listeningPlaces(entries);
    for (const entry of entries) {
      const { actor, connection, transport, local, remote, direction, content, octets } = entry;
      const key = transport === 'udp' ? `${connection} ${remote.host} ${remote.port}` : connection;
      let found = known.get(key);
      frame += 1;
      if (found === undefined) {
        flows += 1;
        const accepted = transport === 'udp' ? direction === 'received' : acceptedAt.has(`${local.host} ${local.port}`);
        const between = `between ${local.host}:${local.port} and ${remote.host}:${remote.port}`;
        const tls = transport === 'tls' ? '. TLS; recorded in the clear' : '';
        const flow: Flow = {
          id: flows,
          transport: transport === 'udp' ? 'udp' : 'tcp',
          opener: accepted ? remote : local,
          other: accepted ? local : remote,
          comments: naming === 'named' ? [`${actor}, connection ${connection}, ${between}${tls}`] : [],
        };
        found = { flow, actorEnd: accepted ? 'other' : 'opener' };
        known.set(key, found);
      }
      const { flow, actorEnd } = found;
      const from = direction === 'sent' ? actorEnd : opposite(actorEnd);
      const common = { flow, frames: [frame], time: epoch + entry.time };
      switch (content.protocol) {
        case 'sip':
        case 'msrp':
          items.push({ ...common, type: 'message', from, content, octets });
          break;
        case 'unknown':
          items.push({ ...common, type: 'unreadable', from, octets, reason: content.reason });
          break;
        case 'connection':
          if (content.event === 'opened') items.push({ ...common, type: 'opened' });
          else {
            const by = content.by === 'actor' ? actorEnd : opposite(actorEnd);
            items.push({ ...common, type: 'closed', by, how: content.event === 'ended' ? 'ended' : 'reset' });
          }
      }
    }
    epoch += (entries.at(-1)?.time ?? 0) + 1000;
  }
  return items;
}

/** Places of an actor that have several connections at once, or at which nobody connects out from: those it listens at. */
function listeningPlaces(entries: readonly WireEntry[]): ReadonlySet<string> {
  const places = new Set<string>();
  for (const { octets, content, direction } of entries) {
    if (direction !== 'sent' || content.protocol !== 'sip') continue;
    const text = octets.toString('latin1');
    for (const [, host = '', port = ''] of text.matchAll(/(?:msrps?:\/\/|Contact: *<sips?:[^@>]*@)([\d.]+):(\d+)/g))
      places.add(`${host} ${port}`);
  }
  return places;
}

/** The wire logs of the main version and the twin of a scenario, which count their time each from its beginning. */
export function logsIn(entries: readonly WireEntry[]): WireEntry[][] {
  const logs: WireEntry[][] = [];
  let before = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    if (entry.time < before) logs.push([]);
    before = entry.time;
    logs.at(-1)?.push(entry);
  }
  return logs;
}
