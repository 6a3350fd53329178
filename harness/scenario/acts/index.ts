import type { Action } from '../schema.ts';
import type { Perform } from './act.ts';
import { seesInAnswer } from './answer.ts';
import { seesCertificate } from './certificate.ts';
import { seesEndpoint } from './endpoint.ts';
import { answersNotify, getsBye, getsNoNotify, getsNotify, subscriptionEnds } from './from-the-focus.ts';
import {
  answers,
  disconnect,
  hasAnswered,
  isKeptOut,
  join,
  leave,
  renegotiate,
  resume,
  sip,
  stall,
  subscribe,
  unsubscribe,
  vanish,
} from './membership.ts';
import { chunk, receives, receivesBegun, send } from './messages.ts';
import { nickname } from './nickname.ts';
import { getsNotice } from './notices.ts';
import { rawSip } from './raw-sip.ts';
import { refer, toldOfRefer } from './refer.ts';
import { getsNoReport, getsReport, reports } from './reports.ts';
import { fetchesRoster, seesRoster } from './roster.ts';
import { raw, request, stillServed } from './wire.ts';

type Acts = { readonly [K in keyof Action]-?: Perform<NonNullable<Action[K]>> };

/** What performs each action of the scenario language. */
export const acts: Acts = {
  join,
  'is-kept-out': isKeptOut,
  leave,
  nickname,
  send,
  chunk,
  receives,
  'receives-begun': receivesBegun,
  'gets-notice': getsNotice,
  'gets-report': getsReport,
  'gets-no-report': getsNoReport,
  reports,
  'gets-bye': getsBye,
  'subscription-ends': subscriptionEnds,
  'answers-notify': answersNotify,
  'gets-no-notify': getsNoNotify,
  'gets-notify': getsNotify,
  refer,
  'told-of-refer': toldOfRefer,
  'sees-endpoint': seesEndpoint,
  subscribe,
  unsubscribe,
  'sees-roster': seesRoster,
  'fetches-roster': fetchesRoster,
  renegotiate,
  disconnect,
  vanish,
  stall,
  resume,
  answers,
  'has-answered': hasAnswered,
  request,
  raw,
  'still-served': stillServed,
  sip,
  'raw-sip': rawSip,
  'sees-in-answer': seesInAnswer,
  'sees-certificate': seesCertificate,
};
