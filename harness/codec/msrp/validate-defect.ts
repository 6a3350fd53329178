import type { Defect, Violation } from '../violation.ts';
import type { MsrpDefectKind } from './defect.ts';
import { headerOf, type MsrpMessage } from './message.ts';

/** The requirements that a defect breaks. Throws on a kind the MSRP parser does not know. */
export function violationsOf(defect: Defect, message: MsrpMessage): Violation[] {
  if (!isKnown(defect.kind)) throw new Error(`no MSRP defect: ${defect.kind}`);
  const detail = defect.detail === undefined ? '' : `: ${JSON.stringify(defect.detail)}`;
  const text = `${words[defect.kind]}${detail}`;
  if (defect.kind === 'blanks-after-colon' && !isStrictHeader(defect.detail ?? '')) return [];
  return requirementsOf(defect.kind, message).map((requirement) => ({
    requirement,
    message: text,
    at: { start: defect.offset, end: defect.offset + 1 },
  }));
}

const strictHeaders = new Set([
  'to-path',
  'from-path',
  'message-id',
  'success-report',
  'failure-report',
  'byte-range',
  'status',
  'content-type',
  'use-nickname',
]);

/** Extension headers have free text behind their one blank, which may begin with a blank (RFC 4975 §9, hval). */
function isStrictHeader(line: string): boolean {
  return strictHeaders.has(line.slice(0, line.indexOf(':')).trim().toLowerCase());
}

function requirementsOf(kind: MsrpDefectKind, message: MsrpMessage): readonly string[] {
  switch (kind) {
    case 'start-line-letter-case':
    case 'start-line-blanks':
    case 'start-line-bare-line-feed':
      return message.kind === 'request' ? ['RFC4975-9-03'] : ['RFC4975-9-04', 'RFC4975-7.2-03'];
    case 'header-bare-line-feed':
      return ['RFC4975-9-02'];
    case 'empty-line-bare-line-feed':
      return ['RFC4975-7.1-08', 'RFC4975-9-18'];
    case 'end-line-bare-line-feed':
      return ['RFC4975-9-24'];
    case 'header-without-colon':
    case 'header-without-name':
      return ['RFC4975-9-26'];
    case 'folded-header':
      return ['RFC4975-9-28'];
    case 'blank-before-colon':
    case 'no-blank-after-colon':
    case 'blanks-after-colon':
      return ['RFC4975-9-12'];
    case 'invalid-utf-8':
      return ['RFC4975-9-01'];
    case 'short-empty-body':
      return headerOf(message, 'Content-Type') === undefined
        ? ['RFC4975-7.1-12', 'RFC4975-7.1-13']
        : ['RFC4975-7.1-16', 'RFC4975-9-18'];
  }
}

const words: Readonly<Record<MsrpDefectKind, string>> = {
  'start-line-letter-case': 'MSRP is not written in capitals',
  'start-line-blanks': 'the tokens of the start line are not parted by one space each',
  'start-line-bare-line-feed': 'the start line ends in a bare line feed',
  'header-bare-line-feed': 'a header ends in a bare line feed',
  'empty-line-bare-line-feed': 'the empty line before the body is a bare line feed',
  'end-line-bare-line-feed': 'the end-line ends in a bare line feed',
  'header-without-colon': 'a header line without colon',
  'header-without-name': 'a header line without name',
  'folded-header': 'a header line that begins with a blank',
  'blank-before-colon': 'a blank before the colon of a header',
  'no-blank-after-colon': 'no space after the colon of a header',
  'blanks-after-colon': 'more than one blank after the colon of a header',
  'invalid-utf-8': 'octets in the head that are no UTF-8',
  'short-empty-body': 'the end-line follows the empty line directly',
};

function isKnown(kind: string): kind is MsrpDefectKind {
  return Object.hasOwn(words, kind);
}
