import type { Conversation } from '../conversation/conversation.ts';
import { isHidden, placeOf } from '../conversation/envelope.ts';
import type { Stay } from '../conversation/stays.ts';
import type { WireEntry } from '../wire/entry.ts';
import { type Series, seriesIn } from './document-series.ts';
import { Matter, settle } from './matter.ts';
import type { Rule } from './rule.ts';

/** The rate limit that RFC 4575 §3.9 recommends, and a margin, in milliseconds. */
const NEWS_MS = 8000;

/** RFC 6665 §4.2.2: whoever has subscribed is told soon of who has come and gone. */
export const newsComeSoon: Rule = {
  id: 'news-come-soon',
  about: 'subscribers are told within eight seconds of who has joined and who has left',
  judge(conversation, catalogue) {
    const soon = new Matter(['RFC6665-4.2.2-01'], 'joins and leaves are told within the rate limit and a margin', {
      breach: ['received', 'dialogs'],
    });
    const stays = onlyStays(conversation);
    for (const series of seriesIn(conversation)) {
      const [first] = series.notifications;
      const room = series.subscribed[0]?.room;
      if (first === undefined || series.subscribed[0]?.initial !== true) continue;
      for (const stay of stays) {
        if (stay.room !== room) continue;
        const { accepted, ended } = stay;
        if (accepted !== undefined && accepted.entry.index > first.entry.index)
          judgeNews(series, stay, accepted.entry, 'joined', soon);
        if (ended !== undefined && ended.index > first.entry.index) judgeNews(series, stay, ended, 'left', soon);
      }
    }
    return settle(newsComeSoon.id, catalogue, [soon]);
  },
};

/** Those of users who were there once: whose coming and going each time would change the roster. */
function onlyStays({ stays }: Conversation): Stay[] {
  const times = new Map<string, number>();
  for (const { room, identity } of stays.list) {
    const key = `${room} ${placeOf(identity)}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return stays.list.filter((stay) => !isHidden(stay) && times.get(`${stay.room} ${placeOf(stay.identity)}`) === 1);
}

/** Judged by the document that tells it. That none does is shown where changes of the roster are waited for. */
function judgeNews(
  { actor, notifications }: Series,
  stay: Stay,
  event: WireEntry,
  what: 'joined' | 'left',
  matter: Matter,
): void {
  const place = placeOf(stay.identity);
  for (const { entry, document } of notifications) {
    if (entry.index < event.index) continue;
    const user = document.users?.list.find(({ entity }) => placeOf(entity) === place);
    const there =
      user !== undefined &&
      user.state !== 'deleted' &&
      (user.endpoints.length === 0 || user.endpoints.some(({ status = 'connected' }) => status !== 'disconnected'));
    const speaks = user !== undefined || (document.state ?? 'full') === 'full';
    if (!speaks || there !== (what === 'joined')) continue;
    const took = entry.time - event.time;
    matter.judge(took <= NEWS_MS, () => ({
      message: `${actor} was told late that ${stay.actor} had ${what}`,
      expected: `within ${NEWS_MS / 1000} s`,
      actual: `after ${Math.round(took / 1000)} s`,
      evidence: [event, entry],
    }));
    return;
  }
}
