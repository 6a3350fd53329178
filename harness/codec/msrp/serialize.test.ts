import { expect, test } from 'vitest';
import { serializeEnd, serializeHead, serializeMsrp } from './serialize.ts';

const head = {
  kind: 'request',
  transactionId: 'abcd1234',
  method: 'SEND',
  headers: [{ name: 'X-Größe', value: '1' }],
} as const;

test('head, body and end make the message', () => {
  const body = Buffer.from('hello');
  const pieces = [serializeHead(head, true), body, serializeEnd('abcd1234', '+', true)];
  expect(serializeMsrp({ ...head, body, flag: '+' })).toEqual(Buffer.concat(pieces));
  expect(Buffer.concat(pieces).toString()).toBe(
    'MSRP abcd1234 SEND\r\nX-Größe: 1\r\n\r\nhello\r\n-------abcd1234+\r\n',
  );
});

test('without body nothing stands between head and end-line', () => {
  const pieces = [serializeHead(head, false), serializeEnd('abcd1234', '$', false)];
  expect(serializeMsrp({ ...head, flag: '$' })).toEqual(Buffer.concat(pieces));
});

test('status codes have three digits, and the comment may be absent or empty', () => {
  const response = { kind: 'response', transactionId: 'abcd', headers: [], flag: '$' } as const;
  expect(serializeMsrp({ ...response, status: 7 }).toString()).toBe('MSRP abcd 007\r\n-------abcd$\r\n');
  expect(serializeMsrp({ ...response, status: 200, comment: '' }).toString()).toBe(
    'MSRP abcd 200 \r\n-------abcd$\r\n',
  );
});

test('wrong messages are written as they are', () => {
  const wrong = {
    ...head,
    transactionId: 'ü',
    method: 'se nd',
    headers: [{ name: '', value: '' }],
    flag: '#',
  } as const;
  expect(serializeMsrp({ ...wrong, body: Buffer.from('-------ü#') }).toString()).toBe(
    'MSRP ü se nd\r\n: \r\n\r\n-------ü#\r\n-------ü#\r\n',
  );
});
