import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CpimPrefix, type CpimPrefixState, scanCpim } from './prefix.ts';

const METADATA = 'From: <sip:é@example.org>\r\nTo: <sip:r@example.org>\r\n\r\n';
const MIME = 'Content-Type: text/plain\r\n\r\n';
const ENTITY = Buffer.from(`${METADATA}${MIME}\r\nContent-Type: no header\r\n\r\n`);
const METADATA_END = Buffer.byteLength(METADATA);
const CONTENT_START = METADATA_END + MIME.length;

/** The state after each of the pieces. */
function statesOf(octets: Buffer, cuts: readonly number[], prefix = new CpimPrefix()): readonly CpimPrefixState[] {
  const borders = [0, ...cuts.map((cut) => cut % (octets.length + 1)).toSorted((a, b) => a - b), octets.length];
  return borders.slice(1).map((border, index) => prefix.feed(octets.subarray(borders[index], border)));
}

describe('CpimPrefix', () => {
  it('changes state at exactly the octet that completes a block', () => {
    const prefix = new CpimPrefix();
    ENTITY.forEach((_, index) => {
      const { state } = prefix.feed(ENTITY.subarray(index, index + 1));
      const seen = index + 1;
      expect(state).toBe(
        seen < METADATA_END ? 'need-more' : seen < CONTENT_START ? 'metadata-complete' : 'mime-complete',
      );
    });
    expect(prefix.state).toEqual({
      state: 'mime-complete',
      metadataEnd: METADATA_END,
      contentStart: CONTENT_START,
      form: 'three-part',
    });
    expect(prefix.octets.equals(ENTITY.subarray(0, CONTENT_START))).toBe(true);
  });

  it.each([
    ['compact', `From: <a:b>\r\ncontent-TYPE: text/plain\r\n\r\nHi`, 'compact'],
    ['a type that is only a prefix of a name', `From: <a:b>\r\nContent-Type-X: y\r\n\r\nA: b\r\n\r\nHi`, 'three-part'],
    ['Content-Type as a value', `From: Content-Type: x\r\n\r\nA: b\r\n\r\nHi`, 'three-part'],
    ['text behind the metadata', `From: <a:b>\r\n\r\nHi there\r\n\r\nHi`, 'bare'],
    ['an indented line behind the metadata', `From: <a:b>\r\n\r\n Hi: there\r\n\r\nHi`, 'bare'],
    ['an empty MIME block', `From: <a:b>\r\n\r\n\r\nHi`, 'three-part'],
    ['bare line feeds', `From: <a:b>\n\nA: b\n\nHi`, 'three-part'],
    ['a bare carriage return is no line end', `From: <a:b>\r\rX: y\r\n\r\nA: b\r\n\r\nHi`, 'three-part'],
  ])('recognises %s', (_, text, form) => {
    const state = scanCpim(Buffer.from(text));
    expect(state).toMatchObject({ state: 'mime-complete', form });
    if (state.state !== 'mime-complete') return;
    expect(text.slice(state.contentStart)).toBe(form === 'bare' ? text.slice(state.metadataEnd) : 'Hi');
  });

  it.each([
    ['nothing', '', 'bare'],
    ['one word', 'Hello', 'bare'],
    ['the beginning of a header', 'A: b', undefined],
    ['whole headers', 'A: b\r\n', undefined],
  ])('concludes at the end, with %s behind the metadata', (_, rest, form) => {
    const prefix = new CpimPrefix();
    expect(prefix.feed(Buffer.from(METADATA + rest)).state).toBe('metadata-complete');
    expect(prefix.end()).toEqual(
      form === undefined
        ? { state: 'metadata-complete', metadataEnd: METADATA_END }
        : { state: 'mime-complete', metadataEnd: METADATA_END, contentStart: METADATA_END, form },
    );
    expect(prefix.octets.length).toBe(METADATA_END + (form === undefined ? rest.length : 0));
  });

  it('gives the same result however the octets are cut', () => {
    const octet = fc.constantFrom('\r', '\n', ':', ' ', 'a', 'Content-Type', '\r\n', '\r\n\r\n', 'b: c', '\u00e9');
    const entity = fc.array(octet, { maxLength: 40 }).map((parts) => Buffer.from(parts.join('')));
    fc.assert(
      fc.property(entity, fc.array(fc.nat(), { maxLength: 6 }), (octets, cuts) => {
        const whole = new CpimPrefix();
        whole.feed(octets);
        const pieces = new CpimPrefix();
        expect(statesOf(octets, cuts, pieces).at(-1)).toEqual(whole.state);
        expect(pieces.octets.equals(whole.octets)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps no more than the limit and then gives up', () => {
    const prefix = new CpimPrefix(1000);
    const line = Buffer.from(`X: ${'y'.repeat(595)}\r\n`);
    expect(prefix.feed(line).state).toBe('need-more');
    expect(prefix.feed(line)).toEqual({ state: 'too-large', limit: 1000 });
    expect(prefix.feed(line)).toEqual({ state: 'too-large', limit: 1000 });
    expect(prefix.octets.length).toBe(1000);
  });

  it('takes blocks that fill the limit exactly', () => {
    expect(new CpimPrefix(CONTENT_START).feed(ENTITY).state).toBe('mime-complete');
    expect(new CpimPrefix(CONTENT_START - 1).feed(ENTITY).state).toBe('too-large');
  });
});
