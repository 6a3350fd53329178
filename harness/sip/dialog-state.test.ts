import { describe, expect, test } from 'vitest';
import type { SipHeader, SipRequest, SipResponse } from '../codec/sip/message.ts';
import {
  confirmed,
  type DialogState,
  dialogOfCallee,
  dialogOfCaller,
  routing,
  withRemoteCSeq,
  withRemoteTarget,
} from './dialog-state.ts';

const body = Buffer.alloc(0);
const headers = (lines: Readonly<Record<string, string>>): SipHeader[] =>
  Object.entries(lines).map(([name, value]) => ({ name, value }));

const request = (method: string, lines: Readonly<Record<string, string>> = {}): SipRequest => ({
  kind: 'request',
  method,
  uri: 'sip:room@example.org',
  version: 'SIP/2.0',
  headers: headers({
    From: '"A" <sip:a@example.org>;tag=a1',
    To: '<sip:room@example.org>',
    'Call-ID': 'c1',
    CSeq: `7 ${method}`,
    Contact: '<sip:a@192.0.2.1>',
    ...lines,
  }),
  body,
});

const response = (status: number, lines: Readonly<Record<string, string>> = {}): SipResponse => ({
  kind: 'response',
  version: 'SIP/2.0',
  status,
  reason: '',
  headers: headers({ To: '<sip:room@example.org>;tag=b1', Contact: '<sip:room@192.0.2.9>;isfocus', ...lines }),
  body,
});

const ROUTES = '<sip:p1.example.org;lr>, <sip:p2.example.org;lr>';

function callee(lines: Readonly<Record<string, string>> = {}): DialogState {
  const state = dialogOfCallee(request('INVITE', lines), 'b1', 100);
  if (!state.ok) throw new Error(state.error);
  return state.value;
}

describe('dialog state', () => {
  test('of the caller has the route set in reverse order (RFC 3261 §12.1.2)', () => {
    expect(dialogOfCaller(request('INVITE'), response(200, { 'Record-Route': ROUTES }))).toEqual({
      callId: 'c1',
      localTag: 'a1',
      remoteTag: 'b1',
      local: '"A" <sip:a@example.org>;tag=a1',
      remote: '<sip:room@example.org>;tag=b1',
      remoteTarget: 'sip:room@192.0.2.9',
      routes: ['<sip:p2.example.org;lr>', '<sip:p1.example.org;lr>'],
      localCSeq: 7,
      remoteCSeq: undefined,
      phase: 'confirmed',
      role: 'caller',
    });
  });

  test('of the callee has the route set in order (RFC 3261 §12.1.1)', () => {
    expect(callee({ 'Record-Route': ROUTES })).toEqual({
      callId: 'c1',
      localTag: 'b1',
      remoteTag: 'a1',
      local: '<sip:room@example.org>;tag=b1',
      remote: '"A" <sip:a@example.org>;tag=a1',
      remoteTarget: 'sip:a@192.0.2.1',
      routes: ['<sip:p1.example.org;lr>', '<sip:p2.example.org;lr>'],
      localCSeq: 100,
      remoteCSeq: 7,
      phase: 'early',
      role: 'callee',
    });
  });

  test('a peer without From tag is handled (RFC 3261 §12.1.1)', () => {
    expect(callee({ From: '<sip:a@example.org>' }).remoteTag).toBe('');
  });

  test('a request without a usable Contact makes none', () => {
    for (const [contact, error] of [
      ['<sip:a@b>, <sip:c@d>', 'Repeated Contact'],
      ['"x', 'Malformed Contact'],
      ['*', 'Malformed Contact'],
    ] as const) {
      expect(dialogOfCallee(request('INVITE', { Contact: contact }), 'b1', 1)).toEqual({ ok: false, error });
    }
  });

  test('an early dialog takes route set and target from the 2xx; a confirmed one keeps its route set', () => {
    const early = dialogOfCaller(request('INVITE'), response(180, { 'Record-Route': '<sip:old;lr>' }));
    expect(early.phase).toBe('early');
    const state = confirmed(early, response(200, { 'Record-Route': '<sip:new;lr>', Contact: '<sip:r@192.0.2.8>' }));
    expect([state.phase, state.routes, state.remoteTarget]).toEqual(['confirmed', ['<sip:new;lr>'], 'sip:r@192.0.2.8']);
    expect(confirmed(state, response(200)).routes).toEqual(['<sip:new;lr>']);
  });

  test('a target refresh changes the remote target alone; without Contact nothing changes', () => {
    const state = callee({ 'Record-Route': ROUTES });
    const refresh = request('INVITE', { Contact: '<sip:a@192.0.2.2>', 'Record-Route': '<sip:other;lr>' });
    expect(withRemoteTarget(state, refresh)).toEqual({ ...state, remoteTarget: 'sip:a@192.0.2.2' });
    expect(withRemoteTarget(state, request('INVITE', { Contact: '*' }))).toEqual(state);
  });

  test('routing: no route, loose route, strict route (RFC 3261 §12.2.1.1)', () => {
    const state = callee();
    expect(routing(state)).toEqual({ uri: 'sip:a@192.0.2.1', routes: [] });
    const loose = { ...state, routes: ['<sip:p1;lr>', '<sip:p2>'] };
    expect(routing(loose)).toEqual({ uri: 'sip:a@192.0.2.1', routes: ['<sip:p1;lr>', '<sip:p2>'] });
    const strict = { ...state, routes: ['<sip:p1>', '<sip:p2;lr>'] };
    expect(routing(strict)).toEqual({ uri: 'sip:p1', routes: ['<sip:p2;lr>', '<sip:a@192.0.2.1>'] });
  });

  test('CSeq: lower is too late, equal and any gap are fine (RFC 3261 §12.2.2)', () => {
    const state = callee();
    expect(withRemoteCSeq(state, request('BYE', { CSeq: '6 BYE' }))).toBeUndefined();
    expect(withRemoteCSeq(state, request('BYE', { CSeq: '7 BYE' }))?.remoteCSeq).toBe(7);
    expect(withRemoteCSeq(state, request('BYE', { CSeq: '4000000000 BYE' }))?.remoteCSeq).toBe(4_000_000_000);
  });
});
