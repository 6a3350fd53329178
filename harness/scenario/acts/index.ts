import type { Action } from '../schema.ts';
import type { Perform } from './act.ts';
import { seesInAnswer } from './answer.ts';
import { answers, disconnect, join, leave, renegotiate, resume, sip, stall, subscribe, vanish } from './membership.ts';
import { chunk, receives, send } from './messages.ts';
import { nickname } from './nickname.ts';
import { getsNoReport, getsReport } from './reports.ts';
import { seesRoster } from './roster.ts';
import { raw, request } from './wire.ts';

type Acts = { readonly [K in keyof Action]-?: Perform<NonNullable<Action[K]>> };

/** What performs each action of the scenario language. */
export const acts: Acts = {
  join,
  leave,
  nickname,
  send,
  chunk,
  receives,
  'gets-report': getsReport,
  'gets-no-report': getsNoReport,
  subscribe,
  'sees-roster': seesRoster,
  renegotiate,
  disconnect,
  vanish,
  stall,
  resume,
  answers,
  request,
  raw,
  sip,
  'sees-in-answer': seesInAnswer,
};
