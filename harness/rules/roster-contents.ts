import type { ConferenceEndpoint, ConferenceUser } from '../codec/conference/document.ts';
import type { SdpMedia } from '../codec/sdp/description.ts';
import { header } from '../codec/sip/headers.ts';
import { isHidden, placeOf } from '../conversation/envelope.ts';
import type { SipExchange } from '../conversation/sip-exchanges.ts';
import { type Stay, tagIn } from '../conversation/stays.ts';
import { type Notification, seriesIn } from './document-series.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** RFC 4575 §5.7, §5.8: what a document tells of an endpoint is what has happened between it and the focus. */
export const endpointsAreTold: Rule = {
  id: 'endpoints-told',
  about: 'the roster tells rightly how an endpoint came, went, and what it negotiated',
  judge(conversation, catalogue) {
    const matters: EndpointMatters = {
      joining: new Matter(['RFC4575-5.7.4-01'], 'joining-method is dialed-in where the participant has called', {
        breach: ['dialogs', 'everybody'],
      }),
      leaving: new Matter(['RFC4575-5.7.6-01'], 'disconnection-method is departed after a BYE of the participant', {
        breach: ['dialogs', 'everybody'],
      }),
      streams: new Matter(['RFC4575-5.7.8-01'], 'an endpoint has no more media elements than streams, and no others', {
        breach: ['dialogs', 'everybody'],
      }),
      direction: new Matter(['RFC4575-5.8.5-01'], 'the status of a stream is seen from the participant', {
        breach: ['dialogs', 'everybody'],
      }),
    };
    const stays = new Map<string, Stay[]>();
    for (const stay of conversation.stays.list) {
      if (isHidden(stay)) continue;
      const key = `${stay.room} ${placeOf(stay.identity)}`;
      const known = stays.get(key);
      if (known === undefined) stays.set(key, [stay]);
      else known.push(stay);
    }
    for (const { notifications, subscribed } of seriesIn(conversation)) {
      const room = subscribed[0]?.room;
      for (const notification of notifications) {
        for (const user of notification.document.users?.list ?? []) {
          const own = (stays.get(`${room} ${placeOf(user.entity)}`) ?? []).filter(
            ({ accepted }) => accepted !== undefined && accepted.entry.index < notification.entry.index,
          );
          if (own.length > 0 && user.state !== 'deleted') judgeUser(user, own, notification, matters);
        }
      }
    }
    const { joining, leaving, streams, direction } = matters;
    return settle(endpointsAreTold.id, catalogue, [joining, leaving, streams, direction]);
  },
};

interface EndpointMatters {
  readonly joining: Matter;
  readonly leaving: Matter;
  readonly streams: Matter;
  readonly direction: Matter;
}

function judgeUser(
  user: ConferenceUser,
  stays: readonly Stay[],
  notification: Notification,
  matters: EndpointMatters,
): void {
  const { entry } = notification;
  const invites = stays.map(({ invite }) => invite);
  const dialledIn = stays.every(({ calledBy }) => calledBy === 'actor');
  const accepted = streamsOf(stays, entry.index);
  for (const endpoint of user.endpoints) {
    if (endpoint.state === 'deleted') continue;
    const { joiningMethod, media = [] } = endpoint;
    if (joiningMethod !== undefined && dialledIn) {
      matters.joining.judge(joiningMethod === 'dialed-in', () => ({
        message: `the joining-method of ${user.entity} is not how it joined`,
        expected: 'dialed-in',
        actual: joiningMethod,
        evidence: [...invites, entry],
      }));
    }
    judgeLeaving(endpoint, stays, notification, matters.leaving);
    if (media.length > 0 && accepted !== undefined) {
      const types = new Set(accepted.map((stream) => stream.media));
      const strange = media.find(({ type }) => type !== undefined && !types.has(type));
      matters.streams.judge(media.length <= accepted.length && strange === undefined, () => ({
        message: `the roster shows streams of ${user.entity} that were not negotiated`,
        expected: accepted.map((stream) => stream.media).join(' ') || 'none',
        actual: media.map(({ type = 'no type' }) => type).join(' '),
        evidence: [...invites, entry],
      }));
    }
    judgeDirection(endpoint, stays, notification, matters.direction);
  }
}

/** The streams that are not refused, over all sessions: they may be folded into one endpoint (RFC 4575 §5.6.6). */
function streamsOf(stays: readonly Stay[], before: number): SdpMedia[] | undefined {
  const streams: SdpMedia[] = [];
  for (const { agreements, changes } of stays) {
    const agreed = agreements.filter(({ answer }) => answer.entry.index < before);
    // What a change under way has made of the streams cannot be told.
    if (agreed.length === 0 || changes.length >= agreed.length) return undefined;
    streams.push(...(agreed.at(-1)?.answer.description.media.filter(({ port }) => port !== 0) ?? []));
  }
  return streams;
}

function judgeLeaving(
  { status, disconnectionMethod }: ConferenceEndpoint,
  stays: readonly Stay[],
  { entry }: Notification,
  matter: Matter,
): void {
  const [stay] = stays;
  if (status !== 'disconnected' || disconnectionMethod === undefined || stay?.ending === undefined) return;
  if (stays.length > 1 || stay.ending.index > entry.index) return;
  const right = stay.ending.direction === 'sent' ? ['departed'] : ['booted', 'failed'];
  matter.judge(right.includes(disconnectionMethod), () => ({
    message: `the disconnection-method of ${stay.actor} is not how it went`,
    expected: right.join(' or '),
    actual: disconnectionMethod,
    evidence: [stay.ending, entry],
  }));
}

const REVERSED = { sendonly: 'recvonly', recvonly: 'sendonly' } as const;

/** Only where the two views differ, and nothing was negotiated anew. */
function judgeDirection(
  { media = [] }: ConferenceEndpoint,
  stays: readonly Stay[],
  { entry }: Notification,
  matter: Matter,
): void {
  const [stay] = stays;
  const [agreement, ...later] = stay?.agreements ?? [];
  if (stays.length > 1 || agreement === undefined || later.length > 0 || (stay?.changes.length ?? 0) > 0) return;
  const own = agreement.actor.media?.direction;
  if (own !== 'sendonly' && own !== 'recvonly') return;
  for (const { status } of media) {
    if (status !== own && status !== REVERSED[own]) continue;
    matter.judge(status === own, () => ({
      message: `the stream of ${stay?.actor} is shown as the focus sees it`,
      expected: own,
      actual: status,
      evidence: [agreement.actor.entry, entry],
    }));
  }
}

/** RFC 4575 §5.5.2, §5.5.3: whether the conference can be joined is as its documents say. */
export const stateOfConferenceIsTold: Rule = {
  id: 'conference-state-told',
  about: 'a conference that is told to be active can be joined, and one that is locked cannot',
  judge(conversation, catalogue) {
    const active = new Matter(['RFC4575-5.5.2-01'], 'a conference that can be joined is told to be active', {
      breach: ['received'],
    });
    const locked = new Matter(['RFC4575-5.5.3-01'], 'a conference that can be joined is not told to be locked', {
      breach: ['received'],
    });
    const joins = conversation.sip.list.filter(isSuccessfulJoin);
    for (const { notifications, subscribed } of seriesIn(conversation)) {
      const room = subscribed[0]?.room;
      for (const [i, { entry, document }] of notifications.entries()) {
        const until = notifications[i + 1]?.entry.index ?? Infinity;
        const join = joins.find(
          ({ message, request }) => message.uri === room && request.index > entry.index && request.index < until,
        );
        if (join === undefined) continue;
        const evidence = [entry, join.request, join.final?.entry];
        if (document.active !== undefined) {
          active.judge(document.active, () => ({
            message: 'a conference that is told not to be active could be joined',
            evidence,
            verdict: 'warn',
          }));
        }
        if (document.locked !== undefined) {
          locked.judge(!document.locked, () => ({
            message: 'a conference that is told to be locked could be joined',
            evidence,
          }));
        }
      }
    }
    return settle(stateOfConferenceIsTold.id, catalogue, [active, locked]);
  },
};

const isSuccessfulJoin = ({ direction, message, final }: SipExchange): boolean =>
  direction === 'sent' &&
  message.method === 'INVITE' &&
  tagIn(message, 'To') === undefined &&
  header(message, 'Replaces') === undefined &&
  final !== undefined &&
  final.message.status < 300;
