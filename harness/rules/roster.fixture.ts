import { ROOM, type ScriptedRoom } from './scripted-room.fixture.ts';

const SUBSCRIPTION = { call: 'roster', headers: ['Event: conference', 'Expires: 3600'] };

/** SUBSCRIBE to the conference package and its 200. */
export const subscribes = (room: ScriptedRoom, actor: string): ScriptedRoom =>
  room
    .request(actor, 'sent', { method: 'SUBSCRIBE', uri: ROOM, ...SUBSCRIPTION })
    .response(actor, 'received', { method: 'SUBSCRIBE', ...SUBSCRIPTION });

/** A full document in that subscription: its `<users>`, and what stands before them. */
export const isTold = (
  room: ScriptedRoom,
  actor: string,
  version: number,
  users: string,
  before = '<conference-description/>',
): ScriptedRoom =>
  room
    .request(actor, 'received', {
      method: 'NOTIFY',
      uri: `sip:${actor}@10.0.0.2:2000`,
      tagged: true,
      call: 'roster',
      headers: ['Event: conference', 'Subscription-State: active;expires=3600'],
      body: `<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="${ROOM}" state="full" version="${version}">${before}<users>${users}</users></conference-info>`,
    })
    .response(actor, 'sent', { method: 'NOTIFY', call: 'roster' });
